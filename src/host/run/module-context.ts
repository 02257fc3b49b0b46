import { HeddleError } from '../../errors.ts';
import { attemptTraceparent } from '../../observe/span-ids.ts';
import { formatTraceparent } from '../../observe/traceparent.ts';
import type { ModuleContext } from '../../ports/module.ts';
import type { CallObserver, ModuleCall } from '../../ports/module-runner.ts';
import { sha256Hex, utf8 } from '../../program/digest.ts';
import type { Abort } from './lazy-abort.ts';
import { readMetric, readUsage } from './module-usage.ts';
import type { Secrecy, SecretVault } from './secrecy.ts';

/** Who hears what a module tells while it runs. */
export type ContextObserver = Omit<CallObserver, 'succeeded' | 'failed'>;

/**
 * What a module is given beside its input. Most modules use nothing of it, so everything comes into being when it is asked for:
 * functions too, which are getters that give bound ones, because modules take them apart (`run(input, { emit })`).
 */
export class CallContext implements ModuleContext {
  readonly #call: ModuleCall;
  readonly #observer: ContextObserver;
  readonly #abort: Abort;
  readonly #secrets: SecretVault;
  readonly #secrecy: Secrecy;

  constructor(call: ModuleCall, observer: ContextObserver, abort: Abort, secrets: SecretVault, secrecy: Secrecy) {
    this.#call = call;
    this.#observer = observer;
    this.#abort = abort;
    this.#secrets = secrets;
    this.#secrecy = secrecy;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get attempt(): number {
    return this.#call.attempt;
  }

  get executionId(): string {
    return this.#call.executionId;
  }

  get taskId(): string {
    return this.#call.taskId;
  }

  get idempotencyKey(): string {
    return idempotencyKey(this.#call);
  }

  get traceparent(): string {
    return formatTraceparent(attemptTraceparent(this.#call, { ...this.#call, repeat: this.#call.restores ?? 0 }));
  }

  get emit(): ModuleContext['emit'] {
    return (chunk) => this.#observer.emitted(this.#secrecy.redact(chunk));
  }

  get progress(): ModuleContext['progress'] {
    return (fraction) => this.#observer.progressed(Math.min(Math.max(fraction, 0), 1));
  }

  get log(): ModuleContext['log'] {
    return (message, context) => this.#observer.logged(this.#secrecy.redact(message), this.#secrecy.redact(context));
  }

  get heartbeat(): ModuleContext['heartbeat'] {
    return () => this.#observer.heartbeat();
  }

  get usage(): ModuleContext['usage'] {
    return (usage) => this.#observer.used(readUsage(usage));
  }

  get metric(): ModuleContext['metric'] {
    return (name, value) => this.#observer.used(this.#secrecy.redact(readMetric(name, value)));
  }

  get secret(): ModuleContext['secret'] {
    return (name) => {
      const secret = this.#secrets(name);
      if (secret === undefined)
        throw new HeddleError({ code: 'NOT_FOUND', message: `no secret ${name} on this host`, retryable: false });
      this.#secrecy.given(secret);
      return secret;
    };
  }
}

/** Same for every attempt of a task, different after a restore or fork and for each iteration of a repeat. */
export function idempotencyKey({
  executionId,
  taskId,
  generation,
  iteration = 0,
}: Pick<ModuleCall, 'executionId' | 'taskId' | 'generation' | 'iteration'>): string {
  return sha256Hex(utf8(JSON.stringify([executionId, taskId, generation, iteration])));
}
