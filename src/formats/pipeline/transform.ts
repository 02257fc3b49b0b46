import { HeddleError } from '../../errors.ts';
import type { Value } from '../../program/value.ts';
import { evaluate, holds } from './condition.ts';
import { type PipelineContext, source } from './context.ts';
import { type Data, isData, numberIn, partAt, pathOf, prettyJson } from './data.ts';

/** Applies the operations of a data_transform step in order. @throws NOT_FOUND for a source that is not there, BAD_INPUT */
export function transform(data: Value, operations: readonly Value[], context: PipelineContext, step: string): Value {
  return operations.reduce((value: Value, operation, index) => {
    const path = `${step}.operations[${index}]`;
    const kind = isData(operation) ? String(operation.operation) : '';
    const apply = Object.hasOwn(operators, kind) ? operators[kind] : undefined;
    if (apply === undefined || !isData(operation))
      throw wrong(`${path}: ${kind || 'it'} is none of ${Object.keys(operators).join(', ')}`);
    return apply(value, operation, context, path);
  }, data);
}

type Operator = (data: Value, operation: Data, context: PipelineContext, path: string) => Value;

function itemsOf(data: Value, path: string): readonly Value[] {
  if (Array.isArray(data)) return data;
  throw wrong(`${path}: the data is no list`);
}

const field = (item: Value, operation: Data): Value | undefined =>
  typeof operation.field === 'string' ? partAt(item, pathOf(operation.field)) : item;

const operators: { readonly [operation: string]: Operator } = {
  filter: (data, operation, _, path) =>
    itemsOf(data, path).filter((item: Value) => {
      const scope: Data = { item, ...(isData(item) && item) };
      return holds(operation.condition ?? (operation.field as Value), scope);
    }),
  map: (data, operation, _, path) =>
    itemsOf(data, path).map((item: Value) => {
      const value = field(item, operation);
      const mapped = mapOne(value ?? null, item, operation);
      return isData(item) && typeof operation.field === 'string' ? { ...item, [operation.field]: mapped } : mapped;
    }),
  aggregate: (data, operation, _, path) => aggregate(itemsOf(data, path), operation, path),
  join: (data, operation, context, path) => {
    const from = String(operation.right_source);
    const right = source(context, from);
    if (!Array.isArray(right)) throw missing(`${path}.right_source: there is no list ${from}`);
    const [left, key] = [
      pathOf(String(operation.left_field)),
      pathOf(String(operation.join_key ?? operation.left_field)),
    ];
    const byKey = new Map(right.map((item: Value) => [prettyJson(partAt(item, key)), item]));
    return itemsOf(data, path).map((item: Value) => {
      const other = byKey.get(prettyJson(partAt(item, left)));
      return isData(other) && isData(item) ? { ...other, ...item } : item;
    });
  },
  group_by: (data, operation, _, path) => {
    const groups: Record<string, Value[]> = Object.create(null);
    for (const item of itemsOf(data, path)) {
      const value = field(item, operation);
      const key = typeof value === 'string' ? value : prettyJson(value ?? null);
      const group = groups[key] ?? [];
      group.push(item);
      groups[key] = group;
    }
    return { ...groups };
  },
  sort: (data, operation, _, path) => {
    const sign = operation.order === 'desc' ? -1 : 1;
    return [...itemsOf(data, path)].sort((a, b) => sign * compare(field(a, operation), field(b, operation)));
  },
};

function mapOne(value: Value, item: Value, { mapping, expression }: Data): Value {
  if (isData(mapping)) return Object.hasOwn(mapping, String(value)) ? (mapping[String(value)] as Value) : value;
  if (typeof expression !== 'string') return value;
  return evaluate(expression, { item, value, ...(isData(item) && item) }) ?? null;
}

function aggregate(items: readonly Value[], operation: Data, path: string): Value {
  const values = items.map((item) => field(item, operation) ?? null);
  const numbers = values.flatMap((value) => numberIn(value) ?? []);
  const sum = numbers.reduce((total, each) => total + each, 0);
  switch (operation.function ?? operation.type) {
    case 'sum':
      return sum;
    case 'average':
      return numbers.length === 0 ? 0 : sum / numbers.length;
    case 'count':
      return items.length;
    case 'max':
      return numbers.length === 0 ? null : numbers.reduce((a, b) => Math.max(a, b));
    case 'min':
      return numbers.length === 0 ? null : numbers.reduce((a, b) => Math.min(a, b));
    case 'first':
      return values[0] ?? null;
    case 'last':
      return values.at(-1) ?? null;
    case 'unique':
      return [...new Map(values.map((value) => [prettyJson(value), value])).values()];
    default:
      throw wrong(
        `${path}.function: ${String(operation.function)} is none of sum average count max min first last unique`,
      );
  }
}

/** Nothing comes first, then numbers, then texts. */
function compare(a: Value | undefined, b: Value | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const rank = (value: Value | undefined): number =>
    value === null || value === undefined ? 0 : typeof value === 'number' ? 1 : 2;
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function wrong(message: string): HeddleError {
  return new HeddleError({ code: 'BAD_INPUT', message, retryable: false });
}

export function missing(message: string): HeddleError {
  return new HeddleError({ code: 'NOT_FOUND', message, retryable: false });
}
