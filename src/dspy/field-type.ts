import type { JsonSchema } from '../program/program.ts';
import type { Value } from '../program/value.ts';
import { literalQuoted } from './python-text.ts';

/** The type of a field: the part of Python's annotations that a signature can say, as data. */
export type FieldType =
  | { readonly kind: 'str' | 'int' | 'float' | 'bool' | 'any' | 'none' }
  | { readonly kind: 'list' | 'set'; readonly item?: FieldType }
  | { readonly kind: 'dict'; readonly key?: FieldType; readonly value?: FieldType }
  | { readonly kind: 'tuple'; readonly items: readonly FieldType[]; readonly open: boolean }
  | { readonly kind: 'literal'; readonly values: readonly (string | number | boolean | null)[] }
  /** `spelling` tells `A | B` from `Union[A, B]` and `Optional[A]`, which Python names differently. */
  | { readonly kind: 'union'; readonly of: readonly FieldType[]; readonly spelling: 'UnionType' | 'Union' }
  /** A class of one's own; its schema says what values it takes, all when there is none. */
  | { readonly kind: 'named'; readonly name: string; readonly schema?: JsonSchema };

export const str: FieldType = { kind: 'str' };

/** The type as DSPy shows it in a prompt (`get_annotation_name`): `list[str]`, `Literal['yes', 'no']`, `UnionType[str, NoneType]`. */
export function typeName(type: FieldType): string {
  switch (type.kind) {
    case 'any':
      return 'Any';
    case 'none':
      return 'NoneType';
    case 'list':
    case 'set':
      return type.item === undefined ? type.kind : `${type.kind}[${typeName(type.item)}]`;
    case 'dict':
      return type.key === undefined || type.value === undefined
        ? 'dict'
        : `dict[${typeName(type.key)}, ${typeName(type.value)}]`;
    case 'tuple':
      if (type.items.length === 0) return 'tuple';
      return `tuple[${[...type.items.map(typeName), ...(type.open ? ['Ellipsis'] : [])].join(', ')}]`;
    case 'literal':
      return `Literal[${type.values.map(literalName).join(', ')}]`;
    case 'union':
      return `${type.spelling}[${type.of.map(typeName).join(', ')}]`;
    case 'named':
      return type.name;
    default:
      return type.kind;
  }
}

function literalName(value: string | number | boolean | null): string {
  if (typeof value === 'string') return literalQuoted(value);
  return value === null ? 'None' : value === true ? 'True' : value === false ? 'False' : String(value);
}

/** The type as one would write it in a signature; `parseType` reads it back. */
export function typeSource(type: FieldType): string {
  switch (type.kind) {
    case 'none':
      return 'None';
    case 'union':
      return type.spelling === 'Union'
        ? `Union[${type.of.map(typeSource).join(', ')}]`
        : type.of.map(typeSource).join(' | ');
    case 'literal':
      return `Literal[${type.values.map((value) => (typeof value === 'string' ? JSON.stringify(value) : literalName(value))).join(', ')}]`;
    case 'list':
    case 'set':
      return type.item === undefined ? type.kind : `${type.kind}[${typeSource(type.item)}]`;
    case 'dict':
      return type.key === undefined || type.value === undefined
        ? 'dict'
        : `dict[${typeSource(type.key)}, ${typeSource(type.value)}]`;
    case 'tuple':
      if (type.items.length === 0) return 'tuple';
      return `tuple[${[...type.items.map(typeSource), ...(type.open ? ['...'] : [])].join(', ')}]`;
    default:
      return typeName(type);
  }
}

/** JSON Schema of the type with its members in pydantic's order, `type` first: what a prompt shows and a provider is given. */
export function typeSchema(type: FieldType): { readonly [keyword: string]: Value } {
  switch (type.kind) {
    case 'str':
      return { type: 'string' };
    case 'int':
      return { type: 'integer' };
    case 'float':
      return { type: 'number' };
    case 'bool':
      return { type: 'boolean' };
    case 'none':
      return { type: 'null' };
    case 'any':
      return {};
    case 'list':
      return { type: 'array', items: type.item === undefined ? {} : typeSchema(type.item) };
    case 'set':
      return { type: 'array', items: type.item === undefined ? {} : typeSchema(type.item), uniqueItems: true };
    case 'dict':
      return { type: 'object', additionalProperties: type.value === undefined ? true : openSchema(type.value) };
    case 'tuple': {
      const [item] = type.items;
      if (item === undefined) return { type: 'array', items: {} };
      if (type.open) return { type: 'array', items: typeSchema(item) };
      const { length } = type.items;
      return { type: 'array', maxItems: length, minItems: length, prefixItems: type.items.map(typeSchema) };
    }
    case 'literal':
      return literalSchema(type.values);
    case 'union':
      return { anyOf: type.of.map(typeSchema) };
    case 'named':
      return typeof type.schema === 'object' ? (type.schema as { readonly [keyword: string]: Value }) : {};
  }
}

/** pydantic writes `true` where anything may stand. */
function openSchema(type: FieldType): Value {
  return type.kind === 'any' ? true : typeSchema(type);
}

function literalSchema(values: readonly (string | number | boolean | null)[]): { readonly [keyword: string]: Value } {
  const kinds = new Set(values.map((value) => typeof value));
  const type =
    kinds.size === 1
      ? { string: 'string', number: 'integer', boolean: 'boolean' }[[...kinds][0] as 'string']
      : undefined;
  const typed = type === undefined ? {} : { type };
  return values.length === 1 ? { ...typed, const: values[0] ?? null } : { ...typed, enum: values };
}

/** Whether the type takes None. */
export function allowsNone(type: FieldType): boolean {
  if (type.kind === 'union') return type.of.some(allowsNone);
  return type.kind === 'none' || (type.kind === 'literal' && type.values.includes(null));
}

/** The schemas of the types of one's own inside a type, by name. */
export function schemasOf(type: FieldType): { readonly [name: string]: JsonSchema } {
  switch (type.kind) {
    case 'named':
      return { [type.name]: type.schema ?? {} };
    case 'list':
    case 'set':
      return type.item === undefined ? {} : schemasOf(type.item);
    case 'dict':
      return type.value === undefined ? {} : schemasOf(type.value);
    case 'tuple':
      return Object.assign({}, ...type.items.map(schemasOf));
    case 'union':
      return Object.assign({}, ...type.of.map(schemasOf));
    default:
      return {};
  }
}
