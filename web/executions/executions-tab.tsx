import { useEffect, useState } from 'preact/hooks';
import { isTerminal } from '../../src/observe/status.ts';
import type { ExecutionSummary } from '../../src/ports/journal-store.ts';
import { download } from '../shell/download.ts';
import { openFile } from '../shell/open-file.ts';
import { goTo } from '../shell/route.ts';
import { StatusMark } from '../shell/state-mark.tsx';
import type { Studio } from '../studio/studio.ts';
import { tell } from '../studio/tell.ts';
import { formatMs } from '../timeline/time-scale.ts';
import { Strip, tookMsOf } from './strip.tsx';

/** What this home keeps, newest first. */
export function ExecutionsTab({ studio }: { readonly studio: Studio }) {
  const { source, session } = studio;
  const [executions, setExecutions] = useState<readonly ExecutionSummary[] | null>(null);
  const [told, setTold] = useState('');
  const refresh = (): void => {
    source.list().then(setExecutions, (thrown) => setTold(tell(thrown)));
  };
  useEffect(refresh, [source, session.status]);
  const { importFile } = source;
  const bringIn = (): void =>
    openFile((_, file) => {
      importFile?.(file).then(
        (id) => studio.openExecution(id, 'Imported.').then(() => goTo('run')),
        (thrown) => setTold(tell(thrown)),
      );
    });
  return (
    <div class="cards">
      <section class="card wide" aria-labelledby="executions-title">
        <div class="head">
          <h2 id="executions-title">Executions in {source.label}</h2>
          <div class="tools">
            {importFile === undefined ? null : (
              <button type="button" onClick={bringIn}>
                Import…
              </button>
            )}
            <button type="button" onClick={refresh}>
              Refresh
            </button>
          </div>
        </div>
        <p class="notice" role="status" data-testid="executions-notice">
          {told}
        </p>
        <Strip executions={executions ?? []} />
        {executions === null ? <p class="quiet">Loading.</p> : null}
        {executions?.length === 0 ? (
          <p>
            Nothing has run yet.{' '}
            <button type="button" onClick={() => goTo('run')}>
              Run the first program
            </button>
          </p>
        ) : null}
        {executions !== null && executions.length > 0 ? (
          <ul class="executions" data-testid="executions">
            {executions.map((summary) => (
              <Row
                key={summary.executionId}
                summary={summary}
                studio={studio}
                refresh={refresh}
                complain={(thrown) => setTold(tell(thrown))}
              />
            ))}
          </ul>
        ) : null}
      </section>
    </div>
  );
}

interface RowProps {
  readonly summary: ExecutionSummary;
  readonly studio: Studio;
  readonly refresh: () => void;
  readonly complain: (thrown: unknown) => void;
}

function Row({ summary, studio, refresh, complain }: RowProps) {
  const { executionId: id, programName, status, createdAtMs } = summary;
  const { remove, exportFile, kind, isElsewhere } = studio.source;
  const other = kind === 'page' ? studio.edge : studio.page;
  const named = `${programName}, ${new Date(createdAtMs).toLocaleTimeString()}`;
  return (
    <li>
      <span class="what">
        <strong>{programName}</strong>
        <StatusMark status={status} />
        {!isTerminal(status) && isElsewhere?.(id) ? <span class="mark signal">⇄ driven in another tab</span> : null}
        <span class="quiet">
          {new Date(createdAtMs).toLocaleString()} · {formatMs(tookMsOf(summary))}
        </span>
        <code class="quiet">{id}</code>
      </span>
      <span class="buttons">
        <button
          type="button"
          aria-label={`Open ${named}`}
          onClick={() => studio.openExecution(id).then(() => goTo('run'), complain)}
        >
          Open
        </button>
        {exportFile === undefined ? null : (
          <button
            type="button"
            aria-label={`Export ${named}`}
            onClick={() => exportFile(id).then((blob) => download(`${id}.heddle`, blob), complain)}
          >
            Export
          </button>
        )}
        {other === null ? null : (
          <button
            type="button"
            aria-label={`Move ${named} to ${other.label}`}
            disabled={isTerminal(status)}
            onClick={() => studio.moveTo(other, id).then(() => goTo('run'), complain)}
          >
            {other.kind === 'edge' ? 'Move to the edge' : 'Move to this page'}
          </button>
        )}
        {remove === undefined ? null : (
          <button
            type="button"
            aria-label={`Delete ${named}`}
            disabled={!isTerminal(status)}
            onClick={() => remove(id).then(refresh, complain)}
          >
            Delete
          </button>
        )}
      </span>
    </li>
  );
}
