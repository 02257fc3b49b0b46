import { HeddleError } from '../errors.ts';
import type { JsonSchema } from '../program/program.ts';
import type { Value } from '../program/value.ts';
import { type FieldType, schemasOf, typeSchema, typeSource } from './field-type.ts';
import { inferPrefix } from './prefix.ts';
import { parseSignature } from './signature-grammar.ts';
import { type NamedTypes, parseType } from './type-grammar.ts';

/** A field as data: how `toJSON` writes it and how a program file holds it. */
export interface FieldData {
  readonly name: string;
  /** As in a signature; default `str`. */
  readonly type?: string;
  /** JSON Schemas of types of one's own that `type` names. */
  readonly types?: { readonly [name: string]: JsonSchema };
  /** Default: the name as words, with a colon. */
  readonly prefix?: string;
  /** Default `${name}`, which prompts leave out. */
  readonly description?: string;
  /** An output the model leaves out becomes this. */
  readonly default?: Value;
}

export interface SignatureData {
  /** Default: "Given the fields `a`, produce the fields `b`." */
  readonly instructions?: string;
  readonly inputs: readonly FieldData[];
  readonly outputs: readonly FieldData[];
}

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly prefix: string;
  readonly description: string;
  readonly default?: Value;
}

export interface SignatureOptions {
  readonly instructions?: string;
  /** JSON Schemas of types of one's own, by the names the text uses. */
  readonly types?: { readonly [name: string]: JsonSchema };
  readonly descriptions?: { readonly [field: string]: string };
}

/**
 * What goes in and what comes out of a prediction, and the instructions. Immutable: every change gives a new one. It
 * renders to the same prompts and states as a DSPy signature.
 *
 * ```ts
 * new Signature('question: str, n: int -> answer: str, scores: list[float]', { instructions: 'Answer briefly.' });
 * ```
 */
export class Signature {
  readonly instructions: string;
  readonly inputs: readonly Field[];
  readonly outputs: readonly Field[];

  /** @throws BAD_SYNTAX for a text that is no signature, BAD_SCHEMA for data that is none */
  constructor(source: string | SignatureData, options: SignatureOptions = {}) {
    const { inputs, outputs } = typeof source === 'string' ? parsed(source, options) : fromData(source);
    if (outputs.length === 0) {
      throw new HeddleError({ code: 'BAD_SCHEMA', message: 'a signature needs at least one output field' });
    }
    const names = [...inputs, ...outputs].map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      throw new HeddleError({ code: 'BAD_SCHEMA', message: `a signature has the field ${twice} twice` });
    this.inputs = inputs;
    this.outputs = outputs;
    const given = options.instructions ?? (typeof source === 'string' ? undefined : source.instructions);
    this.instructions = given ?? defaultInstructions(inputs, outputs);
  }

  /** Inputs before outputs. */
  get fields(): readonly Field[] {
    return [...this.inputs, ...this.outputs];
  }

  /** JSON Schema of the outputs, closed: what a provider's structured output is asked for. */
  get outputSchema(): { readonly [keyword: string]: Value } {
    return {
      type: 'object',
      properties: Object.fromEntries(this.outputs.map(({ name, type }) => [name, typeSchema(type)])),
      required: this.outputs.map(({ name }) => name),
      additionalProperties: false,
    };
  }

  withInstructions(instructions: string): Signature {
    return changed(this, { instructions });
  }

  /** The same signature with this text of each field; other fields stay as they are. */
  withFields(changes: {
    readonly [name: string]: { readonly prefix?: string; readonly description?: string };
  }): Signature {
    const change = (field: Field): Field => ({ ...field, ...changes[field.name] });
    return changed(this, { inputs: this.inputs.map(change), outputs: this.outputs.map(change) });
  }

  prependOutput(field: FieldData): Signature {
    return changed(this, { outputs: [complete(field), ...this.outputs] });
  }

  appendOutput(field: FieldData): Signature {
    return changed(this, { outputs: [...this.outputs, complete(field)] });
  }

  appendInput(field: FieldData): Signature {
    return changed(this, { inputs: [...this.inputs, complete(field)] });
  }

  /** All of it as data; `new Signature(data)` gives it back. */
  toJSON(): SignatureData {
    return { instructions: this.instructions, inputs: this.inputs.map(toData), outputs: this.outputs.map(toData) };
  }

  toString(): string {
    const side = (fields: readonly Field[]): string => fields.map(({ name }) => name).join(', ');
    return `${side(this.inputs)} -> ${side(this.outputs)}`;
  }
}

function changed(
  { instructions, inputs, outputs }: Signature,
  changes: Partial<Pick<Signature, 'instructions' | 'inputs' | 'outputs'>>,
): Signature {
  return Object.assign(Object.create(Signature.prototype) as Signature, { instructions, inputs, outputs }, changes);
}

/** A signature however it is given. */
export function signatureOf(source: string | SignatureData | Signature, instructions?: string): Signature {
  const signature = source instanceof Signature ? source : new Signature(source);
  return instructions === undefined ? signature : signature.withInstructions(instructions);
}

function parsed(source: string, { types = {}, descriptions = {} }: SignatureOptions) {
  const { inputs, outputs } = parseSignature(source, namedTypes(types));
  const made = ({ name, type }: { readonly name: string; readonly type: FieldType }): Field => ({
    name,
    type,
    prefix: `${inferPrefix(name)}:`,
    description: descriptions[name] ?? `\${${name}}`,
  });
  return { inputs: inputs.map(made), outputs: outputs.map(made) };
}

function fromData(data: SignatureData): { inputs: readonly Field[]; outputs: readonly Field[] } {
  if (!Array.isArray(data?.inputs) || !Array.isArray(data.outputs)) {
    throw new HeddleError({
      code: 'BAD_SCHEMA',
      message: 'a signature as data needs the lists inputs and outputs',
      hint: 'such as { inputs: [{ name: "question" }], outputs: [{ name: "answer" }] }',
    });
  }
  return { inputs: data.inputs.map(complete), outputs: data.outputs.map(complete) };
}

function complete({ name, type = 'str', types = {}, prefix, description, default: value }: FieldData): Field {
  if (typeof name !== 'string' || !/^[A-Za-z_]\w*$/.test(name)) {
    throw new HeddleError({
      code: 'BAD_SCHEMA',
      message: `${JSON.stringify(name)} is no name of a field`,
      hint: 'use letters, digits and _, beginning with no digit',
    });
  }
  return {
    name,
    type: parseType(type, namedTypes(types)),
    prefix: prefix ?? `${inferPrefix(name)}:`,
    description: description ?? `\${${name}}`,
    ...(value !== undefined && { default: value }),
  };
}

function namedTypes(types: { readonly [name: string]: JsonSchema }): NamedTypes {
  return Object.fromEntries(
    Object.entries(types).map(([name, schema]) => [name, { kind: 'named', name, schema } as const]),
  );
}

function toData({ name, type, prefix, description, default: value }: Field): FieldData {
  return {
    name,
    type: typeSource(type),
    ...(Object.keys(schemasOf(type)).length > 0 && { types: schemasOf(type) }),
    ...(prefix !== `${inferPrefix(name)}:` && { prefix }),
    ...(description !== `\${${name}}` && { description }),
    ...(value !== undefined && { default: value }),
  };
}

function defaultInstructions(inputs: readonly Field[], outputs: readonly Field[]): string {
  const list = (fields: readonly Field[]): string => fields.map(({ name }) => `\`${name}\``).join(', ');
  return `Given the fields ${list(inputs)}, produce the fields ${list(outputs)}.`;
}
