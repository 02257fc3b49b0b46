/**
 * heddle/dspy: DSPy's programs. Signatures, predictors and adapters render the prompts DSPy renders and read the states it
 * saves; a program of declared modules is a Heddle program, and optimisers run as durable executions.
 *
 * ```ts
 * const qa = new ChainOfThought('question -> answer');
 * const session = new Session({ lm: new LM('openai/gpt-4o-mini'), secret: (name) => keys[name] });
 * console.log((await qa.call({ question: 'Who is Queequeg?' }, session)).get('answer'));
 * ```
 */
export type { Adapter } from './dspy/adapter.ts';
export {
  type BootstrapCompileOptions,
  BootstrapFewShot,
  type BootstrapFewShotOptions,
} from './dspy/bootstrap-few-shot.ts';
export { ChainOfThought } from './dspy/chain-of-thought.ts';
export { ChatAdapter } from './dspy/chat-adapter.ts';
export {
  Evaluate,
  type EvaluatedExample,
  type EvaluateOptions,
  EvaluationResult,
  type Metric,
} from './dspy/evaluate.ts';
export { Example, type Fields } from './dspy/example.ts';
export { type FieldType, typeName, typeSchema } from './dspy/field-type.ts';
export { heddleModules, type ModuleSettings, predictModule } from './dspy/heddle-modules.ts';
export type { ParallelOptions } from './dspy/in-parallel.ts';
export { JSONAdapter } from './dspy/json-adapter.ts';
export { type LabeledCompileOptions, LabeledFewShot, type LabeledFewShotOptions } from './dspy/labeled-few-shot.ts';
export { type LoadOptions, Module, type Parameter } from './dspy/module.ts';
export { batch, Parallel } from './dspy/parallel.ts';
export type { Part, PartPolicies } from './dspy/part.ts';
export { Predict, type PredictConfig, type PredictorData } from './dspy/predict.ts';
export { Prediction } from './dspy/prediction.ts';
export { type Optimizer, Program } from './dspy/program.ts';
export type { ModelPolicies, ProgramFileOptions } from './dspy/program-file.ts';
export { ReAct, type ReActOptions } from './dspy/react.ts';
export type { CompileEngine } from './dspy/run-program.ts';
export { Session, type SessionOptions, type TraceStep } from './dspy/session.ts';
export { type Field, type FieldData, Signature, type SignatureData, type SignatureOptions } from './dspy/signature.ts';
export { type LoadedState, loadState, type ProgramState, saveState } from './dspy/state.ts';
export { addUsage, noUsage, UsageTracker } from './dspy/usage.ts';
export { builtInModel } from './modules/llm-built-in.ts';
export { LM } from './modules/llm-client.ts';
export { localModel } from './modules/llm-local.ts';
export type { ModelPrice, ModelProvider, ModelProviders } from './modules/llm-provider.ts';
export type {
  ChatMessage,
  ChatReply,
  ChatRequest,
  LanguageModel,
  ModelContext,
  TokenUsage,
} from './ports/language-model.ts';
