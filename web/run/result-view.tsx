import { isRecord } from '../../src/program/shape.ts';
import type { Value } from '../../src/program/value.ts';
import type { Session } from '../studio/session.ts';
import { isPicture } from '../values/picture.ts';
import { PictureView } from '../values/picture-view.tsx';
import { ValueView } from '../values/value-view.tsx';

/** What came of it: quotations as quotations, pictures as pictures, the rest by name. */
export function ResultView({ session: { live, result } }: { readonly session: Session }) {
  if (live === null) return <p class="quiet">Nothing has run yet.</p>;
  if (result === null) return <p class="quiet">Under way.</p>;
  const { status, error, metrics } = result;
  const undone = error?.context?.compensated;
  return (
    <>
      {status === 'COMPLETED' ? <Outputs value={result.result ?? null} /> : null}
      {status !== 'COMPLETED' ? (
        <p class="error" data-testid="error">
          {error === undefined ? status.toLowerCase() : `${error.code}: ${error.message}`}
        </p>
      ) : null}
      {Array.isArray(undone) && undone.length > 0 ? <p>What was undone: {undone.join(', ')}.</p> : null}
      <p class="quiet">
        {metrics.tasksExecuted} tasks in {Math.round(metrics.totalDuration)} ms ·{' '}
        {Math.round(metrics.resourceEfficiency * 100)} % of the workers’ time used
      </p>
    </>
  );
}

function Outputs({ value }: { readonly value: Value }) {
  if (!isRecord(value)) return <ValueView value={value} name="result" />;
  const { answer, quotation, chapter, ...rest } = value as { readonly [key: string]: Value };
  const hasQuotation = typeof quotation === 'string';
  const members = Object.entries(hasQuotation ? rest : value) as [string, Value][];
  const pictures = members.filter(([, member]) => isPicture(member));
  const others = members.filter(([, member]) => !isPicture(member));
  return (
    <>
      {hasQuotation && typeof answer === 'string' && answer !== quotation ? <p class="said">{answer}</p> : null}
      {hasQuotation ? (
        <blockquote data-testid="quotation">
          {quotation}
          <cite>Moby-Dick, {String(chapter)}</cite>
        </blockquote>
      ) : null}
      {pictures.map(([name, picture]) =>
        isPicture(picture) ? <PictureView key={name} picture={picture} name={name} /> : null,
      )}
      {others.length > 0 ? (
        <dl class="outputs">
          {others.map(([name, member]) => (
            <div key={name} class="member">
              <dt>{name}</dt>
              <dd>
                <ValueView value={typeof member === 'number' ? Math.round(member * 1000) / 1000 : member} name={name} />
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
    </>
  );
}
