import type { AnyModule } from '../host/registry.ts';
import type { TokenUsage } from '../ports/language-model.ts';
import { defineModule, type ModuleContext } from '../ports/module.ts';
import type { Value } from '../program/value.ts';
import { ChatAdapter } from './chat-adapter.ts';
import { exampleOf, type Fields } from './example.ts';
import { JSONAdapter } from './json-adapter.ts';
import { Module } from './module.ts';
import { predictorOf } from './part.ts';
import { Predict, type PredictorData } from './predict.ts';
import type { Program } from './program.ts';
import { forwardModuleName } from './program-file.ts';
import { Session, type SessionOptions } from './session.ts';
import { loadState, type ProgramState } from './state.ts';

/** What every module of this library gets, whichever it is. */
export interface RunInput {
  /** Merged, later ones over earlier ones. */
  readonly given: readonly Fields[];
  readonly adapter?: 'chat' | 'json';
  /** Gives `{ outputs, trace, usage }` instead of the outputs. */
  readonly traced?: boolean;
  /** Demonstrations that say the same as all of these fields are not shown: an example must not see its own answer. */
  readonly leaveOut?: Fields;
}

/** What a traced module gives: `predictor` is the path inside the module, `self` for a Predict. */
export interface TracedOutput {
  readonly outputs: Fields;
  readonly trace: readonly { readonly predictor: string; readonly inputs: Fields; readonly outputs: Fields }[];
  readonly usage: TokenUsage;
}

export type ModuleSettings = Pick<SessionOptions, 'lm' | 'adapter' | 'stream'>;

const inputSchema = {
  type: 'object',
  required: ['given'],
  properties: { given: { type: 'array' }, adapter: { enum: ['chat', 'json'] }, traced: { type: 'boolean' } },
} as const;

/** `dspy.predict`: runs any predictor, which is part of its input. */
export function predictModule(settings: ModuleSettings = {}): AnyModule {
  return defineModule<RunInput & { readonly predictor: PredictorData }, Value>({
    name: 'dspy.predict',
    version: '1',
    description: 'asks a language model for the outputs of a signature',
    input: inputSchema,
    run: (input, ctx) => run(Predict.fromData(input.predictor), 'self', input, ctx, settings),
  });
}

/** The modules a program file of `program` names: register them on the engine that runs it. */
export function heddleModules(program: Program, settings: ModuleSettings = {}): readonly AnyModule[] {
  const parts = Object.entries(program.modules).flatMap(([id, part]): AnyModule[] => {
    if (!(part instanceof Module)) return [part];
    return predictorOf(part) === undefined ? [forwardModule(forwardModuleName(program.name, id), part, settings)] : [];
  });
  return [...new Set([predictModule(settings), ...parts])];
}

function forwardModule(fullName: string, module: Module, settings: ModuleSettings): AnyModule {
  const [name = '', version = '1'] = fullName.split('@');
  return defineModule<RunInput & { readonly state: ProgramState }, Value>({
    name,
    version,
    description: 'runs the forward of a module written as code',
    input: inputSchema,
    run: (input, ctx) => {
      const own = module.copy();
      loadState(own, input.state);
      return run(own, undefined, input, ctx, settings);
    },
  });
}

async function run(
  module: Module,
  path: string | undefined,
  { given, adapter, traced = false, leaveOut }: RunInput,
  context: ModuleContext,
  settings: ModuleSettings,
): Promise<Value> {
  const named = adapter === undefined ? {} : { adapter: adapter === 'json' ? new JSONAdapter() : new ChatAdapter() };
  const session = new Session({ ...settings, ...named, context });
  const predictors = module.namedPredictors();
  if (leaveOut !== undefined) {
    for (const [, predictor] of predictors) predictor.demos = predictor.demos.filter((demo) => !says(demo, leaveOut));
  }
  const outputs = exampleOf(await module.call(Object.assign({}, ...given) as Fields, session)).fields;
  if (!traced) return outputs;
  const pathOf = new Map<unknown, string>(predictors.map(([name, predictor]) => [predictor, path ?? name]));
  const trace = session.trace.map(({ predictor, ...step }) => ({ predictor: pathOf.get(predictor) ?? '', ...step }));
  const traceOutput: TracedOutput = { outputs, trace, usage: { ...session.usage.total } };
  return traceOutput as unknown as Value;
}

function says(demo: Fields, fields: Fields): boolean {
  return Object.entries(fields).every(([name, value]) => JSON.stringify(demo[name]) === JSON.stringify(value));
}
