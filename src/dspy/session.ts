import { HeddleError } from '../errors.ts';
import type { ChatReply, ChatRequest, LanguageModel, ModelContext } from '../ports/language-model.ts';
import type { ModuleContext } from '../ports/module.ts';
import type { Value } from '../program/value.ts';
import type { Adapter } from './adapter.ts';
import { ChatAdapter } from './chat-adapter.ts';
import type { Fields } from './example.ts';
import { UsageTracker } from './usage.ts';

/** A call of a predictor, as optimisers look at it. */
export interface TraceStep {
  /** The predictor that ran; two of one program are told apart by identity. */
  readonly predictor: object;
  readonly inputs: Fields;
  readonly outputs: Fields;
}

export interface SessionOptions {
  readonly lm?: LanguageModel;
  /** Default: a ChatAdapter. */
  readonly adapter?: Adapter;
  readonly signal?: AbortSignal;
  /** Keys by name, for models called outside an engine. */
  readonly secret?: (name: string) => string | undefined;
  /** The module's context, when this runs inside an engine: signal, secrets, progress. */
  readonly context?: ModuleContext;
  /** Passes answers on in parts through `context.emit`. Default false. */
  readonly stream?: boolean;
}

/**
 * What DSPy keeps in its global settings, as a value that is handed from call to call: the model, the adapter, and what
 * was spent and done so far. Make one for each run; nothing is shared between two.
 */
export class Session {
  readonly adapter: Adapter;
  readonly usage = new UsageTracker();
  readonly trace: TraceStep[] = [];
  readonly context: ModuleContext;
  readonly #options: SessionOptions;

  constructor(options: SessionOptions = {}) {
    this.#options = options;
    this.adapter = options.adapter ?? new ChatAdapter();
    this.context = options.context ?? outsideContext(options);
  }

  get signal(): AbortSignal {
    const { signal } = this.#options;
    return signal === undefined ? this.context.signal : AbortSignal.any([signal, this.context.signal]);
  }

  /** Asks the model and counts what it took. @throws NOT_ALLOWED without a model, and what the model throws */
  async chat(request: ChatRequest, lm: LanguageModel | undefined = this.#options.lm): Promise<ChatReply> {
    if (lm === undefined) {
      throw new HeddleError({
        code: 'NOT_ALLOWED',
        message: 'no language model is set',
        hint: 'hand one in: new Session({ lm: new LM("openai/gpt-4o-mini") })',
        retryable: false,
      });
    }
    const { emit, heartbeat, secret, usage } = this.context;
    const module = this.context;
    const context: ModelContext = {
      signal: this.signal,
      secret,
      heartbeat,
      usage,
      get idempotencyKey() {
        return module.idempotencyKey;
      },
      ...(this.#options.stream && { emit }),
    };
    const reply = await lm.chat(this.#options.stream ? { ...request, stream: true } : request, context);
    this.usage.add(reply.model, reply.usage);
    return reply;
  }

  /** A session of the same settings with nothing spent and nothing done. */
  fresh(changes: SessionOptions = {}): Session {
    return new Session({ ...this.#options, ...changes });
  }
}

function outsideContext({ secret: find = () => undefined }: SessionOptions): ModuleContext {
  return {
    signal: new AbortController().signal,
    attempt: 1,
    idempotencyKey: '',
    executionId: '',
    taskId: '',
    traceparent: '',
    emit: (_chunk: Value) => undefined,
    progress: () => undefined,
    log: () => undefined,
    heartbeat: () => undefined,
    usage: () => undefined,
    metric: () => undefined,
    secret(name) {
      const secret = find(name);
      if (secret !== undefined) return secret;
      throw new HeddleError({
        code: 'NOT_FOUND',
        message: `no secret ${name} in this session`,
        hint: 'hand it in: new Session({ secret: (name) => ... })',
        retryable: false,
      });
    },
  };
}
