import { readLooseJson } from '../program/loose-json.ts';
import { checkAgainstSchema } from '../program/schema.ts';
import type { Value } from '../program/value.ts';
import { allowsNone, type FieldType, typeName } from './field-type.ts';
import { pythonStr } from './python-text.ts';

export type Coerced = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly why: string };

/**
 * What a model wrote for a field, as a value of the field's type: text is repaired to JSON, read as a Python literal and
 * then checked as pydantic does in its lax mode. A type that takes both text and None takes text as it stands.
 */
export function parseFieldValue(given: Value, type: FieldType): Coerced {
  if (type.kind === 'str') return yes(pythonStr(given));
  if (typeof given !== 'string') return coerce(given, type);
  if (type.kind === 'literal') return literalFrom(given, type.values);
  const takesText = type.kind === 'union' && type.of.some(({ kind }) => kind === 'str');
  if (takesText && allowsNone(type)) return yes(/^(null|None)$/.test(given.trim()) ? null : given);
  const read = coerce(readLooseJson(given) ?? tupleOf(given) ?? given, type);
  return read.ok || !takesText ? read : yes(given);
}

/** `(1, 2)`, which is no JSON. */
function tupleOf(text: string): Value | undefined {
  const inside = /^\(([\s\S]*)\)$/.exec(text.trim())?.[1];
  return inside === undefined ? undefined : readLooseJson(`[${inside}]`);
}

function literalFrom(given: string, values: readonly (string | number | boolean | null)[]): Coerced {
  let text = given.trim();
  if (/^(Literal|str)\[/.test(text) && text.endsWith(']')) text = text.slice(text.indexOf('[') + 1, -1);
  if (/^(["'])[\s\S]*\1$/.test(text) && text.length > 1) text = text.slice(1, -1);
  const found = values.find(
    (value) => value === given || value === text || (typeof value !== 'string' && pythonStr(value) === text),
  );
  return found === undefined ? no(given, `one of ${values.map(pythonStr).join(', ')}`) : yes(found);
}

/** A value as one of the type, converted only where nothing is lost. */
export function coerce(value: Value, type: FieldType): Coerced {
  switch (type.kind) {
    case 'any':
      return yes(value);
    case 'none':
      return value === null ? yes(null) : no(value, 'None');
    case 'str':
      return typeof value === 'string' ? yes(value) : no(value, 'text');
    case 'int':
      return number(value, true);
    case 'float':
      return number(value, false);
    case 'bool':
      return truth(value);
    case 'literal':
      return type.values.some((each) => each === value) ? yes(value) : no(value, typeName(type));
    case 'list':
    case 'set': {
      const { item } = type;
      if (!Array.isArray(value)) return no(value, 'a list');
      return item === undefined ? yes(value) : all(value, () => item);
    }
    case 'tuple': {
      if (!Array.isArray(value)) return no(value, 'a list');
      const { items, open } = type;
      if (!open && items.length > 0 && items.length !== value.length) return no(value, `a list of ${items.length}`);
      return all(value, (index) => (open ? items[0] : items[index]) ?? { kind: 'any' });
    }
    case 'dict':
      return members(value, type.value);
    case 'union':
      return union(value, type.of);
    case 'named': {
      const [error] = type.schema === undefined ? [] : checkAgainstSchema(type.schema, value);
      return error === undefined ? yes(value) : { ok: false, why: `${type.name}: ${error.message}` };
    }
  }
}

function all(values: readonly Value[], typeOf: (index: number) => FieldType): Coerced {
  const found: Value[] = [];
  for (const [index, value] of values.entries()) {
    const item = coerce(value, typeOf(index));
    if (!item.ok) return { ok: false, why: `[${index}]: ${item.why}` };
    found.push(item.value);
  }
  return yes(found);
}

function members(value: Value, type: FieldType = { kind: 'any' }): Coerced {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    return no(value, 'an object');
  const found: [string, Value][] = [];
  for (const [key, member] of Object.entries(value)) {
    const item = coerce(member, type);
    if (!item.ok) return { ok: false, why: `${key}: ${item.why}` };
    found.push([key, item.value]);
  }
  return yes(Object.fromEntries(found));
}

/** The first that takes the value without a change, else the first that takes it at all: pydantic's smart mode, simplified. */
function union(value: Value, of: readonly FieldType[]): Coerced {
  const tries = of.map((type) => coerce(value, type));
  const same = tries.find((each) => each.ok && each.value === value);
  return same ?? tries.find(({ ok }) => ok) ?? no(value, of.map(typeName).join(' or '));
}

function number(value: Value, whole: boolean): Coerced {
  const read =
    typeof value === 'string' && value.trim() !== ''
      ? Number(value.trim().replaceAll('_', ''))
      : typeof value === 'boolean'
        ? Number(value)
        : value;
  const fits = typeof read === 'number' && Number.isFinite(read) && (!whole || Number.isInteger(read));
  return fits ? yes(read) : no(value, whole ? 'a whole number' : 'a number');
}

function truth(value: Value): Coerced {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : String(value);
  if (['true', 't', 'yes', 'y', 'on', '1'].includes(word)) return yes(true);
  if (['false', 'f', 'no', 'n', 'off', '0'].includes(word)) return yes(false);
  return no(value, 'True or False');
}

function yes(value: Value): Coerced {
  return { ok: true, value };
}

function no(value: Value, wanted: string): Coerced {
  return { ok: false, why: `${JSON.stringify(value)?.slice(0, 80)} is not ${wanted}` };
}
