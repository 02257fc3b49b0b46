import { HeddleError } from '../errors.ts';
import { isRecord } from '../program/shape.ts';
import type { Value } from '../program/value.ts';
import { migrateNames } from './migrate-state.ts';
import { isParameter, type LoadOptions, type Module } from './module.ts';

/** A DSPy state: one entry a predictor by its path, `metadata`, and whatever else the file holds. */
export type ProgramState = { readonly [key: string]: Value };

export interface LoadedState {
  /** What the file holds beyond its predictors, `module_src` or `retrieve` such: data, never run. Hand it to `saveState`. */
  readonly extras: { readonly [key: string]: Value };
}

/** The generation of states that `saveState` writes; DSPy compares it when it loads one, and only warns. */
const dependencyVersions = { python: '3.11', dspy: '3.0.1', cloudpickle: '3.1' } as const;

/**
 * The state of a program as `save("x.json")` of DSPy 3 writes it. A bare Predict has its keys at the top.
 *
 * @param loaded of the file it came from, to keep what this program does not know
 */
export function saveState(program: Module, loaded?: LoadedState): ProgramState {
  const { metadata = { dependency_versions: { ...dependencyVersions } }, ...extras } = loaded?.extras ?? {};
  const own: ProgramState = isParameter(program)
    ? program.dumpState()
    : Object.fromEntries(program.namedPredictors().map(([path, predictor]) => [path, predictor.dumpState()]));
  return { ...own, ...extras, metadata };
}

/**
 * Loads a state into a program, all of it or nothing: every predictor is checked before the first is changed. Text is read as
 * JSON; source text inside a state is kept as text and never run.
 *
 * @throws BAD_SYNTAX for text that is no JSON, BAD_SCHEMA naming the missing predictor or key
 */
export function loadState(program: Module, given: ProgramState | string, options: LoadOptions = {}): LoadedState {
  const whole: unknown = typeof given === 'string' ? parseJson(given) : structuredClone(given);
  if (!isRecord(whole)) throw new HeddleError({ code: 'BAD_SCHEMA', message: 'a saved state is an object' });
  if (isParameter(program)) {
    const { metadata, ...own } = whole;
    program.loadState(own, 'self', options);
    return { extras: metadata === undefined ? {} : { metadata: metadata as Value } };
  }
  const predictors = program.namedPredictors();
  const paths = predictors.map(([path]) => path);
  const state = options.migrate ? migrateNames(whole, paths) : whole;
  for (const [path, predictor] of predictors) {
    if (!Object.hasOwn(state, path)) throw missing(path, state, options);
    predictor.checkState(state[path], path, options);
  }
  for (const [path, predictor] of predictors) predictor.loadState(state[path], path, options);
  const extras = Object.entries(state).filter(([key]) => !paths.includes(key));
  return { extras: Object.fromEntries(extras) as { readonly [key: string]: Value } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new HeddleError({ code: 'BAD_SYNTAX', message: `a saved state is not JSON: ${(thrown as Error).message}` });
  }
}

function missing(
  path: string,
  state: { readonly [key: string]: unknown },
  { migrate = false }: LoadOptions,
): HeddleError {
  const old = path.replace(/\.predict$/, '');
  const isOld = !migrate && old !== path && Object.hasOwn(state, old);
  return new HeddleError({
    code: 'BAD_SCHEMA',
    message: `the saved state has no predictor ${path}`,
    path,
    hint: isOld
      ? `it has ${old}, as DSPy before 2.5 named it: load it with { migrate: true }`
      : `it has: ${Object.keys(state).join(', ').slice(0, 200)}`,
    details: { missing: path },
  });
}
