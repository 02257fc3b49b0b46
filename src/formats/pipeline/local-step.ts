import type { Value } from '../../program/value.ts';
import { holds } from './condition.ts';
import { type PipelineContext, type PipelineState, resultsOf, source } from './context.ts';
import { type Data, isData } from './data.ts';
import { fileOps } from './file-ops.ts';
import { render } from './template.ts';
import { missing, transform } from './transform.ts';

/** Runs a step that needs no provider. @returns `{ result, state }` */
export function runLocalStep(step: Data, context: PipelineContext): Data {
  const skip = skipped(step, context);
  if (skip !== undefined) return withState(skip, context.state);
  const rendered = render(step, context) as Data;
  switch (step.type) {
    case 'set_variable':
      return setVariables(rendered, context);
    case 'data_transform':
      return withState(transformed({ ...rendered, operations: step.operations ?? [] }, context), context.state);
    case 'file_ops': {
      const { result, state } = fileOps(rendered, context);
      return withState(result, state);
    }
    default: {
      const value = rendered.value ?? rendered.text ?? null;
      return withState(
        { success: true, result: value, text: typeof value === 'string' ? value : JSON.stringify(value) },
        context.state,
      );
    }
  }
}

/** The result of a step whose condition does not hold; undefined when it holds. */
export function skipped(step: Data, context: PipelineContext): Data | undefined {
  if (holds(render(step.condition ?? null, context), resultsOf(context))) return undefined;
  return { success: true, skipped: true, reason: 'condition_not_met' };
}

/** What a node gives: the result of its step, and the state after it. */
export function withState(result: Data, state: PipelineState): Data {
  return { result, state: state as unknown as Value };
}

function setVariables(step: Data, { state }: PipelineContext): Data {
  // `variable` and `value` are what some files write; pipeline_ex reads `variables` only and sets nothing then.
  const single = typeof step.variable === 'string' ? { [step.variable]: step.value ?? null } : {};
  const variables: Data = { ...single, ...(isData(step.variables) && step.variables) };
  const scope = step.scope === 'session' || step.scope === 'loop' ? step.scope : 'global';
  const changed = { ...state, [scope]: { ...state[scope], ...variables } };
  return withState({ ...variables, success: true, variables_set: Object.keys(variables), scope }, changed);
}

function transformed(step: Data, context: PipelineContext): Data {
  const from = step.input_source ?? null;
  const data = typeof from === 'string' ? source(context, from) : from;
  if (data === undefined) throw missing(`${step.name}.input_source: there is nothing of the name ${String(from)}`);
  const operations = Array.isArray(step.operations) ? (step.operations as readonly Value[]) : [];
  const result = transform(data, operations, context, String(step.name));
  const name = typeof step.output_field === 'string' ? step.output_field : undefined;
  return {
    success: true,
    result,
    ...(name !== undefined && { output_field: name, [name]: result }),
    operations_applied: operations.length,
  };
}
