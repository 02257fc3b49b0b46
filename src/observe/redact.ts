import { errorData, HeddleError, isHeddleError } from '../errors.ts';
import { secretForms } from './secret-forms.ts';

/** Gives back the value itself when there was nothing to hide in it, otherwise a copy. */
export type Redactor = <T>(value: T) => T;

export const redacted = '[redacted]';

/** Shorter ones are too likely to stand in a text by chance. */
const secretLengthMin = 4;

/** What was cut off is told from chance by so many characters, and a quarter of the whole. */
const cutLengthMin = 8;

/**
 * Replaces every occurrence of a secret, in any of its {@link secretForms}, by `[redacted]`: in strings, deep inside lists
 * and objects, in their keys too, and in errors. The beginning or the end of a secret, as a cut text shows it, is hidden too
 * from 8 characters (and a quarter of it) on. Occurrences that overlap become one. Bytes and typed arrays are left as they are,
 * and so is everything else that is not JSON. What looks like the secret by chance is replaced as well.
 */
export function redactor(secrets: readonly string[]): Redactor {
  const forms = [...new Set(secrets.filter(({ length }) => length >= secretLengthMin).flatMap(secretForms))].map(
    traceOf,
  );
  const redactAll = (whole: unknown): unknown => {
    /** What an object became; while that is being found out, the object within itself is cut off. */
    const done = new Map<object, unknown>();
    const redact = (value: unknown): unknown => {
      if (typeof value === 'string') return redactText(value, forms);
      if (typeof value !== 'object' || value === null) return value;
      if (done.has(value)) return done.get(value);
      done.set(value, redacted);
      const safe = redactObject(value, redact);
      done.set(value, safe);
      return safe;
    };
    return redact(whole);
  };
  return (value) => (forms.length === 0 ? value : (redactAll(value) as typeof value));
}

function redactObject(value: object, redact: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return redactList(value, redact);
  if (isHeddleError(value)) return redactError(value, redact);
  const kind = Object.prototype.toString.call(value);
  if (kind === '[object Error]') return redactForeignError(value as Error, redact);
  return kind === '[object Object]' ? redactRecord(value, redact) : value;
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

/** An error of another kind, which says more than its members tell, becomes a plain one where it would give something away. */
function redactForeignError(error: Error, redact: (value: unknown) => unknown): Error {
  const { name, message, stack = '' } = error;
  const record = { ...error };
  const own = redactRecord(record, redact);
  const safeStack = redact(stack) as string;
  const told = `${message} ${String(error.cause ?? '')}`;
  if (redact(told) === told && safeStack === stack && own === record) return error;
  return Object.assign(new Error(redact(message) as string), own, { name, stack: safeStack });
}

/** How a form of a secret is found: by its beginning and its end, of which each may stand without the rest. */
interface Trace {
  readonly form: string;
  readonly head: string;
  readonly tail: string;
}

/** The scheme of a secret that is a URL says nothing about it. */
function traceOf(form: string): Trace {
  const [scheme = ''] = /^[a-z][a-z0-9+.-]*:\/\//i.exec(form) ?? [];
  const cut = Math.max(cutLengthMin, Math.ceil(form.length / 4));
  return { form, head: form.slice(0, scheme.length + cut), tail: form.slice(-cut) };
}

/** Finds every occurrence first, so that secrets that overlap are hidden whole. */
function redactText(text: string, traces: readonly Trace[]): string {
  const found: (readonly [start: number, end: number])[] = [];
  for (const { form, head, tail } of traces) {
    for (let start = text.indexOf(head); start >= 0; start = text.indexOf(head, start + 1)) {
      let length = head.length;
      while (length < form.length && text[start + length] === form[length]) length++;
      found.push([start, start + length]);
    }
    if (tail.length === form.length) continue;
    for (let at = text.indexOf(tail); at >= 0; at = text.indexOf(tail, at + 1)) {
      const end = at + tail.length;
      let length = tail.length;
      while (length < form.length && end > length && text[end - length - 1] === form[form.length - length - 1])
        length++;
      found.push([end - length, end]);
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
