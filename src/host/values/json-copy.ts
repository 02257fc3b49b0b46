/** A copy of JSON-like data with the order of its keys; what is not a plain object or a list stays as it is. */
export function ownJson<T>(data: T): T {
  if (Array.isArray(data)) return data.map(ownJson) as T;
  if (!isPlain(data)) return data;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(data)) {
    const value = ownJson(data[key]);
    // Assigned, the key __proto__ would be no key.
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
    else copy[key] = value;
  }
  return copy as T;
}

/** Whether two pieces of JSON-like data are the same, the order of keys included; whatever else they hold must be identical. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return a !== 0 || Object.is(a, b);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!isSameJson(a[index], b[index])) return false;
    return true;
  }
  if (!isPlain(a) || !isPlain(b)) return Number.isNaN(a) && Number.isNaN(b);
  const keys = Object.keys(a);
  const others = Object.keys(b);
  if (keys.length !== others.length) return false;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    if (key !== others[index] || !isSameJson(a[key], b[key])) return false;
  }
  return true;
}

function isPlain(data: unknown): data is Readonly<Record<string, unknown>> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return false;
  const prototype = Object.getPrototypeOf(data);
  return prototype === Object.prototype || prototype === null;
}
