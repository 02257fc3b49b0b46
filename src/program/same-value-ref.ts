import type { Value, ValueRef } from './value.ts';

/** Whether two references stand for equal values, as far as can be told without loading any: false where it cannot. */
export function sameValueRef(a: ValueRef, b: ValueRef): boolean {
  if (a === b) return true;
  if ('digest' in a && 'digest' in b) return a.digest === b.digest;
  if ('value' in a && 'value' in b) return sameValue(a.value, b.value);
  if (!('list' in a && 'list' in b) || a.list.length !== b.list.length || a.batchSize !== b.batchSize) return false;
  return a.list.every((item, index) => {
    const other = b.list[index] ?? null;
    return item === null || other === null ? item === other : sameValueRef(item, other);
  });
}

/** Deep equality of values. NaN equals itself, and 0 is not -0, as in their canonical bytes. */
export function sameValue(a: Value, b: Value): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (ArrayBuffer.isView(a) || ArrayBuffer.isView(b)) return sameArray(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  if (keys.length !== others.length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) &&
      sameValue((a as Record<string, Value>)[key] ?? null, (b as Record<string, Value>)[key] ?? null),
  );
}

function sameArray(a: object, b: object): boolean {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.constructor !== b.constructor) return false;
  if (a.byteLength !== b.byteLength) return false;
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return left.every((byte, index) => byte === right[index]);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
