import { type ErrorData, HeddleError } from '../errors.ts';

/** Errors told of one document; a file that is wrong everywhere is not told wrong more often than this. */
export const findingsMax = 100;

/** What a reader finds on its way through a document, so that all errors are told at once. */
export class Findings {
  readonly errors: ErrorData[] = [];
  readonly warnings: ErrorData[] = [];

  error(data: ErrorData): void {
    if (this.errors.length < findingsMax) this.errors.push(data);
  }

  warn(data: ErrorData): void {
    if (this.warnings.length < findingsMax) this.warnings.push(data);
  }

  /** @throws the first error, carrying all of them */
  throwIfAny(): void {
    const [first] = this.errors;
    if (first !== undefined) throw new HeddleError(first, this.errors);
  }
}

export type JsonRecord = { readonly [key: string]: unknown };

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value in a few words, for messages: `an array`, `the text "abc"`. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  return `the ${typeof value} ${String(value)}`;
}
