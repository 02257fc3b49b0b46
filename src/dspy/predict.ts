import type { HeddleError } from '../errors.ts';
import type { ChatRequest, LanguageModel } from '../ports/language-model.ts';
import type { Value } from '../program/value.ts';
import type { Adapter } from './adapter.ts';
import type { Fields } from './example.ts';
import { JSONAdapter } from './json-adapter.ts';
import { type LoadOptions, Module, type Parameter, parameter } from './module.ts';
import { Prediction } from './prediction.ts';
import { type LmState, type PredictorState, readPredictorState, writePredictorState } from './predictor-state.ts';
import type { Session } from './session.ts';
import { type Signature, type SignatureData, signatureOf } from './signature.ts';

/** What a predictor asks its model with. */
export type PredictConfig = Pick<ChatRequest, 'model' | 'temperature' | 'maxTokens' | 'stop'>;

/** A predictor as data: what the node of a program file holds. */
export interface PredictorData {
  readonly signature: SignatureData | string;
  readonly demos?: readonly Fields[];
  readonly config?: PredictConfig;
}

/**
 * Asks a model for the outputs of a signature. When the answer cannot be read, it is asked once more as JSON, as DSPy's
 * ChatAdapter does.
 */
export class Predict extends Module implements Parameter {
  get [parameter](): true {
    return true;
  }
  signature: Signature;
  demos: readonly Fields[] = [];
  config: PredictConfig;
  traces: readonly Value[] = [];
  train: readonly Value[] = [];
  /** Of a state; its model name and settings are asked for when it is there. */
  lmState: LmState | null = null;
  /** This predictor's own model, instead of the session's. */
  lm: LanguageModel | undefined = undefined;
  /** Keys of a state that this version does not know, for the next save. */
  rest: { readonly [key: string]: Value } = {};

  constructor(signature: string | SignatureData | Signature, config: PredictConfig = {}) {
    super();
    this.signature = signatureOf(signature);
    this.config = config;
  }

  async forward(inputs: Fields, session: Session): Promise<Prediction> {
    const known = this.signature.inputs.map(({ name }) => name);
    const absent = known.filter((name) => !Object.hasOwn(inputs, name));
    if (absent.length > 0) session.context.log(`inputs not given to ${this.signature}: ${absent.join(', ')}`);
    const given = Object.fromEntries(Object.entries(inputs).filter(([name]) => known.includes(name)));
    const outputs = await this.ask(given, session);
    session.trace.push({ predictor: this, inputs: given, outputs });
    return new Prediction(outputs);
  }

  protected async ask(inputs: Fields, session: Session): Promise<Fields> {
    const { adapter } = session;
    try {
      return await this.askWith(adapter, inputs, session);
    } catch (thrown) {
      const isUnread = thrown instanceof Error && (thrown as Partial<HeddleError>).code === 'BAD_OUTPUT';
      if (!isUnread || adapter.name === 'json') throw thrown;
      return this.askWith(new JSONAdapter(), inputs, session);
    }
  }

  protected async askWith(adapter: Adapter, inputs: Fields, session: Session): Promise<Fields> {
    const request: ChatRequest = {
      ...lmConfig(this.lmState),
      ...this.config,
      ...adapter.request(this.signature),
      messages: adapter.format(this.signature, this.demos, inputs),
    };
    const reply = await session.chat(request, this.lm);
    return adapter.parse(this.signature, reply.text);
  }

  reset(): void {
    this.demos = [];
    this.traces = [];
    this.train = [];
    this.lmState = null;
    this.lm = undefined;
  }

  dumpState(): { readonly [key: string]: Value } {
    return writePredictorState(this.state());
  }

  checkState(state: unknown, path: string, options: LoadOptions): void {
    readPredictorState(state, this.signature, path, options);
  }

  loadState(state: unknown, path: string, options: LoadOptions): void {
    const { lm, rest, ...known } = readPredictorState(state, this.signature, path, options);
    Object.assign(this, known);
    this.lmState = lm;
    this.rest = rest;
  }

  /** Everything but what it has learnt from, as data. */
  toData(): PredictorData {
    const config = { ...lmConfig(this.lmState), ...this.config };
    return {
      signature: this.signature.toJSON(),
      ...(this.demos.length > 0 && { demos: this.demos }),
      ...(Object.keys(config).length > 0 && { config }),
    };
  }

  static fromData({ signature, demos = [], config }: PredictorData): Predict {
    const predict = new Predict(signature, config);
    predict.demos = demos;
    return predict;
  }

  protected state(): PredictorState {
    const { traces, train, demos, signature, lmState } = this;
    return { traces, train, demos, signature, lm: lmState, rest: this.rest };
  }
}

/** The part of a saved model that is asked for: its name and numbers, never where it is. */
function lmConfig(lm: LmState | null): PredictConfig {
  const { model, temperature, max_tokens: maxTokens } = lm ?? {};
  return {
    ...(typeof model === 'string' && { model }),
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof maxTokens === 'number' && { maxTokens }),
  };
}
