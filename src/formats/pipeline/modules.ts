import { HeddleError } from '../../errors.ts';
import type { AnyModule } from '../../host/registry.ts';
import { defineModule } from '../../ports/module.ts';
import type { Value } from '../../program/value.ts';
import { resultOf } from './answer.ts';
import type { PipelineBase, PipelineContext, PipelineState } from './context.ts';
import { type Data, isData } from './data.ts';
import { runLocalStep, skipped, withState } from './local-step.ts';
import { iterate, iterated, loopResult, loopRuns, nestedResult, nestedRuns } from './nesting.ts';
import { type Asked, requestsOf } from './request.ts';
import { render } from './template.ts';

/** Input of the modules that work on a step. */
export interface StepInput {
  /** As it stands in the file, templates and all. */
  readonly step: Data;
  readonly context: PipelineContext;
}

export interface AskInput extends StepInput {
  readonly functions?: Data;
}

/** What a step wants done: calls of a provider or runs of its inner steps; none when it is skipped. */
export interface AskOutput {
  readonly skip: Data | null;
  readonly requests: readonly Value[];
}

export interface AnswerInput extends AskInput {
  readonly asked: AskOutput;
  readonly answers: readonly Value[];
}

const stepSchema = {
  type: 'object',
  required: ['step', 'context'],
  properties: { step: { type: 'object' }, context: { type: 'object' } },
} as const;

const emptyState: PipelineState = { global: {}, session: {}, loop: {}, conversations: {}, files: {} };
const nesting: ReadonlySet<Value | undefined> = new Set(['for_loop', 'while_loop']);

/** Begins a list of steps: what was given (`files`, `inputs`, `variables`, or all of it by the step around) and the first state. */
const pipelineStart = defineModule<
  { readonly given?: Value; readonly globals?: Data },
  PipelineBase & { readonly state: PipelineState }
>({
  name: 'pipeline.start',
  version: '1',
  description: 'begins a list of pipeline steps',
  input: { type: 'object' },
  run: ({ given, globals = {} }) => {
    const data = isData(given) ? given : {};
    const part = (key: string): Data => (isData(data[key]) ? data[key] : {});
    const state = isData(data.state) ? (data.state as unknown as PipelineState) : emptyState;
    const global = { ...globals, ...state.global, ...part('variables') };
    return {
      results: part('results'),
      files: part('files'),
      inputs: part('inputs'),
      loop: part('loop'),
      state: { ...state, global },
    };
  },
});

/** Runs a step that needs no provider. */
const pipelineStep = defineModule<StepInput, Data>({
  name: 'pipeline.step',
  version: '1',
  description: 'runs a pipeline step that needs no provider',
  input: stepSchema,
  run: ({ step, context }) => runLocalStep(step, context),
});

/** Evaluates the condition of a step, renders its templates and gives what it wants done. */
const pipelineAsk = defineModule<AskInput, AskOutput>({
  name: 'pipeline.ask',
  version: '1',
  description: 'prepares the calls of a pipeline step',
  input: stepSchema,
  run: ({ step, context, functions = {} }) => {
    if (step.type !== 'while_loop') {
      const skip = skipped(step, context);
      if (skip !== undefined) return { skip, requests: [] };
    }
    if (nesting.has(step.type)) return { skip: null, requests: loopRuns(step, context) };
    const rendered = render(step, context) as Data;
    if (step.type === 'pipeline') return { skip: null, requests: nestedRuns(rendered, step, context) };
    return { skip: null, requests: requestsOf(rendered, { functions }, context) as unknown as readonly Value[] };
  },
});

/** Makes the result of a step from the answers to what it asked for. */
const pipelineAnswer = defineModule<AnswerInput, Data>({
  name: 'pipeline.answer',
  version: '1',
  description: 'makes the result of a pipeline step from answers',
  input: { ...stepSchema, required: ['step', 'context', 'asked', 'answers'] },
  run: ({ step, context, asked, answers }) => {
    if (asked.skip !== null) return withState(asked.skip, context.state);
    if (nesting.has(step.type)) return loopResult(step, asked.requests.length, answers, context);
    if (step.type === 'pipeline') return { result: nestedResult(step, answers[0] ?? null) };
    return resultOf(render(step, context) as Data, asked.requests as unknown as readonly Asked[], answers, context);
  },
});

/** Begins an iteration of a loop. */
const pipelineIterate = defineModule<{ readonly run: Data; readonly last: Value }, Data>({
  name: 'pipeline.iterate',
  version: '1',
  description: 'begins an iteration of a pipeline loop',
  input: { type: 'object', required: ['run'] },
  run: ({ run, last }) => iterate(run, last),
});

/** Ends an iteration of a loop and tells whether there is to be another. */
const pipelineIterated = defineModule<StepInput & { readonly begun: Data }, Data>({
  name: 'pipeline.iterated',
  version: '1',
  description: 'ends an iteration of a pipeline loop',
  input: stepSchema,
  run: ({ step, context, begun }) => iterated(step, begun, context),
});

/** Stands where no provider is registered under the name; fails with UNSUPPORTED. */
export function missingProvider(name: string): AnyModule {
  return {
    name,
    version: '0',
    description: 'stands for a model provider that this host does not have',
    run: () => {
      throw new HeddleError({
        code: 'UNSUPPORTED',
        message: `this host has no module ${name} that could ask a model`,
        hint: `register a module of the name ${name}`,
        retryable: false,
      });
    },
  };
}

export const pipelineModules: readonly AnyModule[] = [
  pipelineStart,
  pipelineStep,
  pipelineAsk,
  pipelineAnswer,
  pipelineIterate,
  pipelineIterated,
];
