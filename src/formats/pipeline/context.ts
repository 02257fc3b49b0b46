import type { Value } from '../../program/value.ts';
import { type Data, isData, partAt } from './data.ts';

/** What changes from step to step besides results. */
export interface PipelineState {
  readonly global: Data;
  readonly session: Data;
  readonly loop: Data;
  /** Messages of each named session so far: `{ role, content }`. */
  readonly conversations: { readonly [session: string]: Value };
  /** Files that file_ops wrote, by path; they hide those that were given. */
  readonly files: { readonly [path: string]: Value };
}

/** What does not change within one list of steps. */
export interface PipelineBase {
  /** Results of the steps around this list, by name. */
  readonly results: Data;
  /** Texts by path, given with the inputs of the program. */
  readonly files: Data;
  readonly inputs: Data;
  /** Of the loop around: `{ item, index }`. */
  readonly loop: Data;
}

/** What a step sees. */
export interface PipelineContext {
  readonly base: PipelineBase;
  /** Results of the steps before in the same list, by name. */
  readonly results: Data;
  readonly state: PipelineState;
}

export const resultsOf = ({ base, results }: PipelineContext): Data => ({ ...base.results, ...results });

/** A variable: of the loop, then of the session, then global. */
export function variable({ base, state }: PipelineContext, name: string): Value | undefined {
  const path = name.split('.');
  return [base.loop, state.loop, state.session, state.global, base.inputs]
    .map((scope) => partAt(scope, path))
    .find((value) => value !== undefined);
}

/** The text of a file, with or without a leading `./`. */
export function fileText({ base, state }: PipelineContext, path: string): string | undefined {
  const plain = path.replace(/^\.\//, '');
  for (const files of [state.files, base.files]) {
    for (const spelling of [path, plain, `./${plain}`]) {
      const text = Object.hasOwn(files, spelling) ? files[spelling] : undefined;
      if (typeof text === 'string') return text;
    }
  }
  return undefined;
}

/**
 * A data source: `previous_response:STEP`, `previous_response:STEP:path` (or `STEP.path`), `context:x`, `STEP:path`, the name
 * of a step, of an `output_field`, or of a variable. Undefined when there is nothing of that name.
 */
export function source(context: PipelineContext, text: string): Value | undefined {
  const [head = '', ...rest] = text.replace(/^previous_response:/, '').split(/[:.]/);
  if (text.startsWith('context:')) return variable(context, text.slice('context:'.length));
  const results = resultsOf(context);
  if (Object.hasOwn(results, head)) return rest.length === 0 ? dataOf(results[head]) : partAt(results[head], rest);
  for (const result of Object.values(results).reverse())
    if (isData(result) && result.output_field === head) return partAt(result.result, rest);
  return variable(context, [head, ...rest].join('.'));
}

/** A step that transformed data stands for that data. */
function dataOf(result: Value | undefined): Value | undefined {
  return isData(result) && result.operations_applied !== undefined ? result.result : result;
}
