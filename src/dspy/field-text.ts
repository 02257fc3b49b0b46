import type { Value } from '../program/value.ts';
import type { Fields } from './example.ts';
import { type FieldType, typeName, typeSchema } from './field-type.ts';
import { dedent, pythonJson, pythonStr, splitLines } from './python-text.ts';
import type { Field, Signature } from './signature.ts';

/** The parts of a prompt that both adapters share, as DSPy 3 writes them. */

/** `1. \`question\` (str): description`, a line a field. The last line alone has no trailing blank. */
export function describeFields({ inputs, outputs }: Signature): string {
  return `Your input fields are:\n${list(inputs)}\nYour output fields are:\n${list(outputs)}`;
}

function list(fields: readonly Field[]): string {
  return fields
    .map(({ name, type, description }, index) => {
      const told = description === `\${${name}}` ? '' : description;
      return `${index + 1}. \`${name}\` (${typeName(type)}): ${told}`;
    })
    .join('\n')
    .trim();
}

export function describeTask({ instructions }: Signature): string {
  const lines = splitLines(dedent(instructions));
  return `In adhering to this structure, your objective is: ${['', ...lines].join(`\n${' '.repeat(8)}`)}`;
}

/** `{answer}`, and for an output that is not plain text a note of what it must be. */
export function placeholder(field: Field, isOutput: boolean): string {
  const note = isOutput ? constraint(field.type) : '';
  return `{${field.name}}${note === '' ? '' : `${' '.repeat(8)}# note: the value you produce ${note}`}`;
}

function constraint(type: FieldType): string {
  switch (type.kind) {
    case 'str':
      return '';
    case 'bool':
      return 'must be True or False';
    case 'int':
    case 'float':
      return `must be a single ${type.kind} value`;
    case 'literal':
      return `must exactly match (no extra characters) one of: ${type.values.map(pythonStr).join('; ')}`;
    default:
      return `must adhere to the JSON schema: ${pythonJson(typeSchema(type))}`;
  }
}

/** ` (must be formatted as a valid Python float)`; nothing for text. */
export function reminder({ type }: Field): string {
  return type.kind === 'str' ? '' : ` (must be formatted as a valid Python ${typeName(type)})`;
}

/** `[[ ## name ## ]]` and the value below it, a section a field. */
export function sections(values: readonly (readonly [name: string, text: string])[]): string {
  return values
    .map(([name, text]) => `[[ ## ${name} ## ]]\n${text}`)
    .join('\n\n')
    .trim();
}

/** A value as it stands in a prompt: text as it is, lists and objects as JSON, but a list for a text field as passages. */
export function fieldText(value: Value, type: FieldType): string {
  if (Array.isArray(value) && type.kind === 'str') return passages(value as readonly Value[]);
  return typeof value === 'object' && value !== null ? pythonJson(value) : pythonStr(value);
}

function passages(items: readonly Value[]): string {
  if (items.length === 0) return 'N/A';
  const [only] = items;
  if (items.length === 1) return passage(only ?? null);
  return items.map((item, index) => `[${index + 1}] ${passage(item)}`).join('\n');
}

function passage(item: Value): string {
  const text = pythonStr(item);
  return /[\n«»]/.test(text) ? `«««\n    ${text.replaceAll('\n', '\n    ')}\n»»»` : `«${text}»`;
}

export interface OrderedDemo {
  readonly demo: Fields;
  readonly isComplete: boolean;
}

/** Incomplete demonstrations first, those without any input or without any output left out. */
export function orderDemos({ inputs, outputs, fields }: Signature, demos: readonly Fields[]): readonly OrderedDemo[] {
  const has = (demo: Fields, { name }: Field): boolean => Object.hasOwn(demo, name);
  const isGiven = (demo: Fields, field: Field): boolean => has(demo, field) && demo[field.name] !== null;
  const isComplete = (demo: Fields): boolean => fields.every((field) => isGiven(demo, field));
  const isUsable = (demo: Fields): boolean =>
    inputs.some((field) => has(demo, field)) && outputs.some((field) => has(demo, field));
  return [
    ...demos.filter((demo) => !isComplete(demo) && isUsable(demo)).map((demo) => ({ demo, isComplete: false })),
    ...demos.filter(isComplete).map((demo) => ({ demo, isComplete: true })),
  ];
}

export const incompleteNote = 'This is an example of the task, though some input or output fields are not supplied.';
export const notSupplied = 'Not supplied for this particular example. ';
