import type { Usage } from '../../engine/usage.ts';
import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';
import type { ModuleRegistry } from '../../host/registry.ts';
import { LazyAbort } from '../../host/run/lazy-abort.ts';
import { runModule } from '../../host/run/run-module.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
import { estimateBytes } from '../../host/values/estimate-bytes.ts';
import type { ModuleCall } from '../../ports/module-runner.ts';
import type { Value } from '../../program/value.ts';
import {
  type AnswersMessage,
  type CallsMessage,
  noCall,
  type Said,
  type SaidMessage,
  unpackCalls,
  type WorkerAnswer,
} from './worker-protocol.ts';

/** Answers wait for those of the calls behind them, but not for longer than that. */
const togetherMs = 1;

type Answered = AnswersMessage['answers'][number];

/** The calls of one worker: run one after another, answered together as far as they come together. */
export class WorkerQueue {
  readonly #registry: ModuleRegistry;
  readonly #secrets: SecretVault | undefined;
  #waiting: (readonly [id: number, call: ModuleCall])[] = [];
  #running: { readonly id: number; readonly abort: LazyAbort } | null = null;
  #answers: Answered[] = [];
  #oldestMs = 0;
  #flushDue = false;

  constructor(registry: ModuleRegistry, secrets: SecretVault | undefined) {
    this.#registry = registry;
    this.#secrets = secrets;
  }

  take(message: CallsMessage): void {
    this.#waiting.push(...unpackCalls(message));
    if (this.#running === null) void this.#run();
  }

  /** @returns whether it had not begun */
  abort(id: number, reason: ErrorData): boolean {
    if (this.#running?.id === id) this.#running.abort.abort(new HeddleError(reason));
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter(([waiting]) => waiting !== id);
    return this.#waiting.length < before;
  }

  /** Gives back what has not begun. */
  recall(): readonly number[] {
    return this.#waiting.splice(0).map(([id]) => id);
  }

  /** The worker ends, by what is running. */
  closing(): void {
    this.#flush();
    this.#say(this.#running?.id ?? noCall, { kind: 'closing' });
  }

  async #run(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const [id, call] = next;
      const abort = new LazyAbort();
      this.#running = { id, abort };
      const startMs = performance.now();
      const answer = await this.#answer(id, call, abort);
      const endMs = performance.now();
      // The time of a call counts: what comes after it may take as long, and lets nothing out before it ends.
      if (this.#answers.length === 0) this.#oldestMs = startMs;
      const tookMs = endMs - startMs;
      this.#answers.push('output' in answer ? [id, tookMs, answer.output] : [id, tookMs, null, answer.error]);
      if (this.#waiting.length === 0 || endMs - this.#oldestMs >= togetherMs) this.#flush();
      else this.#flushSoon();
    }
    this.#running = null;
  }

  async #answer(id: number, call: ModuleCall, abort: LazyAbort): Promise<WorkerAnswer> {
    const say = (said: Said): void => this.#say(id, said);
    const observer = {
      emitted: (chunk: Value) => say({ kind: 'output', chunk }),
      progressed: (fraction: number) => say({ kind: 'progress', fraction }),
      logged: (message: string, context?: { readonly [key: string]: Value }) =>
        say({ kind: 'log', message, ...(context !== undefined && { context }) }),
      heartbeat: () => say({ kind: 'heartbeat' }),
      used: (usage: Usage) => say({ kind: 'usage', usage }),
    };
    try {
      const answer = await runModule(this.#registry.get(call.module), call, observer, abort, this.#secrets);
      // Checked here, where it can still be told; a value that cannot be cloned would only break the message.
      if ('output' in answer) estimateBytes(answer.output);
      return answer;
    } catch (thrown) {
      return { error: toErrorData(thrown, 'BAD_OUTPUT') };
    }
  }

  /** Where the next call waits for something, the answers before it must not. */
  #flushSoon(): void {
    if (this.#flushDue) return;
    this.#flushDue = true;
    setTimeout(() => {
      this.#flushDue = false;
      this.#flush();
    });
  }

  #flush(): void {
    const answers = this.#answers;
    if (answers.length === 0) return;
    this.#answers = [];
    try {
      post(answers);
    } catch (thrown) {
      // One of them cannot be sent after all: each by itself tells which.
      for (const answer of answers) {
        try {
          post([answer]);
        } catch {
          const [id, tookMs] = answer;
          post([[id, tookMs, null, { ...toErrorData(thrown, 'BAD_OUTPUT'), retryable: false }]]);
        }
      }
    }
  }

  #say(id: number, said: Said): void {
    postMessage({ id, said } satisfies SaidMessage);
  }
}

/** Buffers of outputs are moved, not copied: the modules have ended and nothing else here needs them. */
function post(answers: readonly Answered[]): void {
  const buffers = new Set<ArrayBuffer>();
  for (const [, , output] of answers) collectBuffers(output, buffers);
  postMessage({ answers } satisfies AnswersMessage, { transfer: [...buffers] });
}

function collectBuffers(value: Value, buffers: Set<ArrayBuffer>): void {
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) buffers.add(value.buffer);
  } else for (const part of Object.values(value)) collectBuffers(part, buffers);
}
