import type { ErrorData } from '../../src/errors.ts';
import type { LoadedProgram } from '../studio/load-program.ts';
import { lineOfPath } from './line-of-path.ts';

interface ProblemsProps {
  readonly loaded: LoadedProgram;
  /** What its places are looked for in. */
  readonly text: string;
}

/** Every error with its code, place and fix. */
export function Problems({ loaded: { errors, warnings, format, lines }, text }: ProblemsProps) {
  if (errors.length === 0) {
    return (
      <div data-testid="problems">
        <p class="mark completed" role="status">
          <span aria-hidden="true">●</span> This is a program ({format}).
        </p>
        {warnings.map(({ code, message }) => (
          <p key={message} class="quiet">
            {code}: {message}
          </p>
        ))}
      </div>
    );
  }
  return (
    <div data-testid="problems">
      <p class="mark failed" role="status">
        <span aria-hidden="true">✕</span> {errors.length === 1 ? 'One error' : `${errors.length} errors`}
      </p>
      <ul class="problems">
        {errors.slice(0, 50).map((error) => (
          <li key={`${error.code}${error.path}${error.message}`}>
            <Problem error={error} line={lineOfPath(text, error.path ?? '', lines)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Problem({ error, line }: { readonly error: ErrorData; readonly line: number | undefined }) {
  const { code, message, path, hint } = error;
  return (
    <>
      <code>{code}</code> {message}
      {path === undefined ? null : (
        <span class="quiet">
          {' '}
          at <code>{path}</code>
          {line === undefined || path.startsWith('line ') ? '' : `, line ${line}`}
        </span>
      )}
      {hint === undefined ? null : <span class="hint"> {hint}</span>}
    </>
  );
}
