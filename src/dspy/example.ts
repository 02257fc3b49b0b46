import type { Value } from '../program/value.ts';

export type Fields = { readonly [name: string]: Value };

/**
 * A labelled example: fields, and which of them are inputs. As JSON it is its fields alone, as in DSPy's states.
 *
 * ```ts
 * new Example({ question: '1+1?', answer: '2' }).withInputs('question');
 * ```
 */
export class Example {
  readonly fields: Fields;
  readonly inputKeys: readonly string[] | undefined;

  constructor(fields: Fields | Example, inputKeys?: readonly string[]) {
    this.fields = fields instanceof Example ? fields.fields : { ...fields };
    this.inputKeys = inputKeys ?? (fields instanceof Example ? fields.inputKeys : undefined);
  }

  withInputs(...keys: readonly string[]): Example {
    return new Example(this.fields, keys);
  }

  get(name: string): Value | undefined {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  /** The input fields; all of them when `withInputs` was never said. */
  inputs(): Fields {
    const { inputKeys } = this;
    return inputKeys === undefined ? this.fields : this.#only((key) => inputKeys.includes(key));
  }

  /** Everything that is no input. */
  labels(): Fields {
    const { inputKeys = [] } = this;
    return this.#only((key) => !inputKeys.includes(key));
  }

  toJSON(): Fields {
    return this.fields;
  }

  #only(isKept: (key: string) => boolean): Fields {
    return Object.fromEntries(Object.entries(this.fields).filter(([key]) => isKept(key)));
  }
}

export function exampleOf(given: Example | Fields): Example {
  return given instanceof Example ? given : new Example(given);
}
