import { isRecord } from '../program/shape.ts';
import type { Signature } from './signature.ts';

type State = { readonly [key: string]: unknown };

/** Keys of the states of 2024, which become parts of `signature`. */
const oldKeys: readonly string[] = [
  'signature_instructions',
  'signature_prefix',
  'extended_signature_instructions',
  'extended_signature_prefix',
];

/**
 * The state of a predictor of 2023 (`lm, traces, train, demos`) or 2024 (also `signature_instructions`, `signature_prefix` and
 * their `extended_` twins, which are those of a ChainOfThought) in today's form. What the old form does not say is taken from
 * the program's own signature. The field `rationale` of a demonstration is what `reasoning` is today. Everything else stays.
 */
export function migratePredictor(state: State, signature: Signature): State {
  const rest = Object.fromEntries(Object.entries(state).filter(([key]) => !oldKeys.includes(key)));
  const text = (name: string): string | undefined => {
    const found = state[`extended_${name}`] ?? state[name];
    return typeof found === 'string' ? found : undefined;
  };
  const last = signature.outputs.at(-1)?.name;
  const fields = signature.fields.map(({ name, prefix, description }) => ({
    prefix: name === last ? (text('signature_prefix') ?? prefix) : prefix,
    description,
  }));
  const { demos } = state;
  return {
    ...rest,
    lm: state.lm ?? null,
    ...(Array.isArray(demos) && { demos: demos.map((demo) => migrateDemo(demo, signature)) }),
    signature: { instructions: text('signature_instructions') ?? signature.instructions, fields },
  };
}

function migrateDemo(demo: unknown, { fields }: Signature): unknown {
  const names = fields.map(({ name }) => name);
  if (!isRecord(demo) || !('rationale' in demo) || names.includes('rationale') || !names.includes('reasoning'))
    return demo;
  return Object.fromEntries(
    Object.entries(demo).map(([key, value]) => [key === 'rationale' ? 'reasoning' : key, value]),
  );
}

/**
 * Old files name a ChainOfThought by its own path, where its predictor is `path.predict` today.
 *
 * @param paths of the program's predictors
 */
export function migrateNames(state: State, paths: readonly string[]): State {
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => {
      const isOwn = paths.includes(key) || !paths.includes(`${key}.predict`);
      return [isOwn ? key : `${key}.predict`, value];
    }),
  );
}
