import type { ErrorData } from '../../src/errors.ts';

/** An error in one line: code, path, message and what to do about it. */
export function tell(thrown: unknown): string {
  const { code = 'Error', message = String(thrown), hint, path } = thrown as Partial<ErrorData>;
  const at = path === undefined || message.includes(path) ? '' : ` at ${path}`;
  return `${code}${at}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
}
