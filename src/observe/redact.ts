import { errorData, HeddleError, isHeddleError } from '../errors.ts';
import { secretForms } from './secret-forms.ts';

/** Gives back the value itself when there was nothing to hide in it, otherwise a copy. */
export type Redactor = <T>(value: T) => T;

export const redacted = '[redacted]';

/** Shorter ones are too likely to stand in a text by chance. */
export const secretLengthMin = 4;

/**
 * Replaces every occurrence of a secret, in any of its {@link secretForms}, by `[redacted]`: in strings, deep inside lists
 * and objects, in their keys too, and in HeddleErrors. Occurrences that overlap become one. Bytes and typed arrays are left as
 * they are, and so is everything that is not JSON. What looks like the secret by chance is replaced as well.
 */
export function redactor(secrets: readonly string[]): Redactor {
  const forms = [...new Set(secrets.filter(({ length }) => length >= secretLengthMin).flatMap(secretForms))];
  const redact = (value: unknown): unknown => {
    if (typeof value === 'string') return redactText(value, forms);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return redactList(value, redact);
    if (isHeddleError(value)) return redactError(value, redact);
    return Object.prototype.toString.call(value) === '[object Object]' ? redactRecord(value, redact) : value;
  };
  return (value) => (forms.length === 0 ? value : (redact(value) as typeof value));
}

function redactList(list: readonly unknown[], redact: (value: unknown) => unknown): readonly unknown[] {
  const copy = list.map(redact);
  return copy.some((value, index) => value !== list[index]) ? copy : list;
}

function redactRecord(record: object, redact: (value: unknown) => unknown): object {
  const copy = new Map<string, unknown>();
  let changed = false;
  for (const [key, value] of Object.entries(record)) {
    const safe = redact(value);
    let safeKey = redact(key) as string;
    changed ||= safe !== value || safeKey !== key;
    // Two keys that become the same are both kept.
    while (copy.has(safeKey)) safeKey += '+';
    copy.set(safeKey, safe);
  }
  return changed ? Object.fromEntries(copy) : record;
}

/** Its stack, which repeats the message, is made anew. */
function redactError(error: HeddleError, redact: (value: unknown) => unknown): HeddleError {
  const [data, errors] = [errorData(error), error.errors];
  const [safe, safeErrors] = [redact(data) as typeof data, redact(errors) as typeof errors];
  return safe === data && safeErrors === errors ? error : new HeddleError(safe, safeErrors);
}

/** Finds every occurrence first, so that secrets that overlap are hidden whole. */
function redactText(text: string, forms: readonly string[]): string {
  const found: (readonly [start: number, end: number])[] = [];
  for (const form of forms) {
    for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1)) {
      found.push([start, start + form.length]);
    }
  }
  if (found.length === 0) return text;
  found.sort((a, b) => a[0] - b[0]);
  let [safe, until] = ['', 0];
  for (const [start, end] of found) {
    if (start >= until) safe += text.slice(until, start) + redacted;
    until = Math.max(until, end);
  }
  return safe + text.slice(until);
}
