import { describe, type Findings, isRecord, type JsonRecord } from './findings.ts';

export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
  /** Whole numbers only. */
  readonly whole?: boolean;
}

/** The keys of one object of a document: each read as what it has to be, what is not told with its place. null counts as absent. */
export class Fields {
  readonly #record: JsonRecord;
  readonly #path: string;
  readonly #findings: Findings;
  readonly #owner: string;

  /**
   * @param path of the object in the document; empty for the document itself
   * @param owner what the object is, for messages: `node "login"`
   */
  constructor(record: JsonRecord, path: string, owner: string, findings: Findings) {
    this.#record = record;
    this.#path = path;
    this.#findings = findings;
    this.#owner = owner;
  }

  value(key: string): unknown {
    return (Object.hasOwn(this.#record, key) ? this.#record[key] : undefined) ?? undefined;
  }

  text(key: string): string | undefined {
    return this.#read(key, 'a text', (value): value is string => typeof value === 'string');
  }

  /** A text that has to be there and not empty. */
  requiredText(key: string): string | undefined {
    const text = this.text(key);
    if (text === undefined && this.value(key) !== undefined) return undefined;
    if (text === undefined || text === '') this.refuse(key, `needs ${key}, a text`);
    return text;
  }

  flag(key: string): boolean | undefined {
    return this.#read(key, 'true or false', (value): value is boolean => typeof value === 'boolean');
  }

  number(key: string, { min = -Infinity, max = Infinity, whole = false }: NumberRange = {}): number | undefined {
    const kind = whole ? 'a whole number' : 'a number';
    const range = max === Infinity ? (min === -Infinity ? '' : ` of ${min} or more`) : ` from ${min} to ${max}`;
    return this.#read(
      key,
      kind + range,
      (value): value is number =>
        typeof value === 'number' &&
        Number.isFinite(value) &&
        value >= min &&
        value <= max &&
        (!whole || Number.isInteger(value)),
    );
  }

  oneOf<const Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined {
    return this.#read(key, `one of ${choices.join(', ')}`, (value): value is Choice =>
      choices.includes(value as Choice),
    );
  }

  /** The object at a key, an empty one when there is none. */
  record(key: string): JsonRecord {
    return this.#read(key, 'an object', isRecord) ?? {};
  }

  /** The fields of the object at a key. */
  fields(key: string): Fields {
    return new Fields(this.record(key), this.at(key), `${key} of ${this.#owner}`, this.#findings);
  }

  /** A list of texts, each with its place. */
  texts(key: string): readonly { readonly text: string; readonly path: string }[] {
    const list = this.#read(key, 'a list of texts', (value): value is readonly unknown[] => Array.isArray(value)) ?? [];
    return list.flatMap((text, index) => {
      const path = `${this.at(key)}[${index}]`;
      if (typeof text === 'string') return [{ text, path }];
      this.#findings.error({
        code: 'BAD_SCHEMA',
        path,
        message: `${key} of ${this.#owner} must hold texts, not ${describe(text)}`,
      });
      return [];
    });
  }

  /** Tells that something is wrong with a key: `needs ...`, `cannot ...`. */
  refuse(key: string, what: string, hint?: string): void {
    this.#findings.error({
      code: 'BAD_SCHEMA',
      path: this.at(key),
      message: `${this.#owner} ${what}`,
      ...(hint !== undefined && { hint }),
    });
  }

  /** Tells that the keys among these which are there mean nothing here. */
  ignore(keys: readonly string[], why: string): void {
    for (const key of keys)
      if (this.value(key) !== undefined)
        this.#findings.warn({
          code: 'UNSUPPORTED',
          path: this.at(key),
          message: `${key} of ${this.#owner} is left out: ${why}`,
        });
  }

  at(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  #read<Kind>(key: string, kind: string, is: (value: unknown) => value is Kind): Kind | undefined {
    const value = this.value(key);
    if (value === undefined || is(value)) return value;
    this.refuse(key, `must have ${kind} as ${key}, not ${describe(value)}`);
    return undefined;
  }
}
