import { HeddleError } from '../errors.ts';
import { isRecord } from '../program/shape.ts';
import type { Value } from '../program/value.ts';
import type { Fields } from './example.ts';
import { migratePredictor } from './migrate-state.ts';
import type { LoadOptions } from './module.ts';
import type { Signature } from './signature.ts';

/** What a DSPy state says of one predictor, checked; `rest` are the keys this version does not know. */
export interface PredictorState {
  readonly traces: readonly Value[];
  readonly train: readonly Value[];
  readonly demos: readonly Fields[];
  readonly signature: Signature;
  readonly lm: LmState | null;
  readonly rest: { readonly [key: string]: Value };
}

/** A saved model: its name and what it is asked with. Never a key. */
export type LmState = { readonly [key: string]: Value };

/** Dropped from a saved model, because a file one was given must not choose where calls go. */
const unsafeLmKeys: readonly string[] = ['api_base', 'base_url', 'model_list', 'api_key'];

/**
 * Reads the state of a predictor against its own signature: a state has neither names nor types of fields, they are matched
 * by position, inputs first.
 *
 * @param path of the predictor in the file, for errors
 * @throws BAD_SCHEMA naming the missing or wrong key
 */
export function readPredictorState(
  given: unknown,
  signature: Signature,
  path: string,
  options: LoadOptions,
): PredictorState {
  if (!isRecord(given)) throw wrong(path, 'is not an object');
  const state = options.migrate && given.signature === undefined ? migratePredictor(given, signature) : given;
  for (const key of ['signature', 'lm', 'demos']) {
    if (state[key] !== undefined) continue;
    throw new HeddleError({
      code: 'BAD_SCHEMA',
      message: `the state of the predictor ${path} has no ${key}`,
      path: `${path}.${key}`,
      hint:
        key === 'signature' || key === 'lm'
          ? 'it was saved by DSPy before 3.0: load it with { migrate: true }'
          : 'load a state as program.save() or DSPy writes it',
      details: { missing: key },
    });
  }
  const { traces = [], train = [], demos, signature: saved, lm, ...rest } = state;
  return {
    traces: listAt(traces, `${path}.traces`),
    train: listAt(train, `${path}.train`),
    demos: demosAt(demos, `${path}.demos`),
    signature: readSignature(saved, signature, `${path}.signature`),
    lm: readLm(lm, `${path}.lm`, options),
    rest: rest as { readonly [key: string]: Value },
  };
}

/** As DSPy 3 writes it. */
export function writePredictorState({ traces, train, demos, signature, lm, rest }: PredictorState): {
  readonly [key: string]: Value;
} {
  return {
    ...rest,
    traces,
    train,
    demos,
    signature: {
      instructions: signature.instructions,
      fields: signature.fields.map(({ prefix, description }) => ({ prefix, description })),
    },
    lm,
  };
}

function readSignature(saved: unknown, signature: Signature, path: string): Signature {
  if (!isRecord(saved)) throw wrong(path, 'is not an object');
  const { instructions, fields } = saved;
  if (typeof instructions !== 'string') throw wrong(`${path}.instructions`, 'is not text');
  const list = listAt(fields, `${path}.fields`);
  const own = signature.fields;
  if (list.length !== own.length) {
    throw new HeddleError({
      code: 'BAD_SCHEMA',
      message: `${path} has ${list.length} fields, the program's signature ${signature} has ${own.length}`,
      path: `${path}.fields`,
      hint: 'fields are matched by position: load it into the program it was saved from',
    });
  }
  const changes = own.map(({ name }, index) => {
    const field: unknown = list[index];
    if (!isRecord(field)) throw wrong(`${path}.fields[${index}]`, 'is not an object');
    const { prefix, description } = field;
    if (typeof prefix !== 'string') throw wrong(`${path}.fields[${index}].prefix`, 'is not text');
    if (typeof description !== 'string') throw wrong(`${path}.fields[${index}].description`, 'is not text');
    return [name, { prefix, description }] as const;
  });
  return signature.withInstructions(instructions).withFields(Object.fromEntries(changes));
}

function readLm(lm: unknown, path: string, { allowUnsafeLmState = false }: LoadOptions): LmState | null {
  if (lm === null) return null;
  if (!isRecord(lm)) throw wrong(path, 'is neither null nor an object');
  const kept = Object.entries(lm).filter(
    ([key]) => key !== 'api_key' && (allowUnsafeLmState || !unsafeLmKeys.includes(key)),
  );
  return Object.fromEntries(kept) as LmState;
}

function demosAt(demos: unknown, path: string): readonly Fields[] {
  return listAt(demos, path).map((demo, index) => {
    if (!isRecord(demo)) throw wrong(`${path}[${index}]`, 'is not an object');
    return demo as Fields;
  });
}

function listAt(value: unknown, path: string): readonly Value[] {
  if (!Array.isArray(value)) throw wrong(path, 'is not a list');
  return value;
}

function wrong(path: string, what: string): HeddleError {
  return new HeddleError({ code: 'BAD_SCHEMA', message: `in the saved state, ${path} ${what}`, path });
}
