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

const listBegins = Symbol('list');
const objectBegins = Symbol('object');
const objectEnds = Symbol('end');

/**
 * What a piece of JSON-like data is, in one row: so that another is compared with it in one walk, which is done for every execution of
 * a program. The order of keys is part of it; whatever else the data holds must be identical.
 */
export class JsonPrint {
  readonly #parts: unknown[] = [];
  #at = 0;

  constructor(data: unknown) {
    this.#add(data);
  }

  matches(data: unknown): boolean {
    this.#at = 0;
    return this.#matches(data);
  }

  #add(data: unknown): void {
    if (Array.isArray(data)) {
      this.#parts.push(listBegins, data.length);
      for (const each of data) this.#add(each);
    } else if (isPlain(data)) {
      this.#parts.push(objectBegins);
      for (const key in data) {
        this.#parts.push(key);
        this.#add(data[key]);
      }
      this.#parts.push(objectEnds);
    } else this.#parts.push(data);
  }

  #matches(data: unknown): boolean {
    if (typeof data !== 'object' || data === null) {
      return Object.is(this.#parts[this.#at++], data);
    }
    if (Array.isArray(data)) {
      if (this.#parts[this.#at++] !== listBegins || this.#parts[this.#at++] !== data.length) return false;
      for (let index = 0; index < data.length; index++) if (!this.#matches(data[index])) return false;
      return true;
    }
    if (!isPlain(data)) return this.#parts[this.#at++] === data;
    if (this.#parts[this.#at++] !== objectBegins) return false;
    for (const key in data) if (this.#parts[this.#at++] !== key || !this.#matches(data[key])) return false;
    return this.#parts[this.#at++] === objectEnds;
  }
}

function isPlain(data: unknown): data is Readonly<Record<string, unknown>> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return false;
  const prototype = Object.getPrototypeOf(data);
  return prototype === Object.prototype || prototype === null;
}
