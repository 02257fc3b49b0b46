import { isRecord, type JsonRecord } from '../findings.ts';

/** Step types that call a provider. */
export const chatTypes: ReadonlySet<string> = new Set([
  'claude',
  'gemini',
  'parallel_claude',
  'gemini_instructor',
  'claude_smart',
  'claude_session',
  'claude_extract',
  'claude_batch',
  'claude_robust',
]);

/** Step types that need neither a provider nor other steps. */
export const localTypes: ReadonlySet<string> = new Set(['set_variable', 'data_transform', 'file_ops', 'test_echo']);

/** Step types made of steps. */
export const nestingTypes: ReadonlySet<string> = new Set(['for_loop', 'while_loop', 'pipeline']);

/** Step types after which variables, files or conversations may differ. */
export const changingTypes: ReadonlySet<string> = new Set([
  'set_variable',
  'file_ops',
  'claude_session',
  'for_loop',
  'while_loop',
]);

/** Keys of a step that hold steps: templates in them are rendered when those run. */
export function innerSteps(step: JsonRecord): readonly unknown[] | undefined {
  const holder =
    step.type === 'pipeline' && isRecord(step.pipeline)
      ? isRecord(step.pipeline.workflow)
        ? step.pipeline.workflow
        : step.pipeline
      : step;
  return nestingTypes.has(String(step.type)) && Array.isArray(holder.steps) ? holder.steps : undefined;
}
