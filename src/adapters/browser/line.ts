import { type ErrorData, errorData, HeddleError, isHeddleError, toErrorData } from '../../errors.ts';

/** What one end can be asked for, by name. */
export interface Answers {
  // biome-ignore lint/suspicious/noExplicitAny: each knows what it is given; the other end is of the same build.
  readonly [what: string]: (...given: any[]) => unknown;
}

type Message =
  | { readonly ask: number; readonly what: string; readonly given: readonly unknown[] }
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly error: ErrorData; readonly errors?: readonly ErrorData[] };

interface Asking {
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Questions and answers between two threads, in order. Every question settles: by the answer, by an error that keeps its code,
 * or by the end of the line.
 */
export class Line {
  readonly #port: MessagePort;
  readonly #answers: Answers;
  readonly #asking = new Map<number, Asking>();
  #asked = 0;
  #closed: ErrorData | null = null;

  constructor(port: MessagePort, answers: Answers) {
    this.#port = port;
    this.#answers = answers;
    port.onmessage = ({ data }: MessageEvent<Message>) => {
      if ('ask' in data) void this.#serve(data.ask, data.what, data.given);
      else this.#settle(data);
    };
  }

  /** @throws what the other end throws, BAD_INPUT for what cannot be cloned, or why the line was closed */
  ask<T>(what: string, ...given: readonly unknown[]): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== null) return reject(new HeddleError(this.#closed));
      const ask = ++this.#asked;
      try {
        this.#port.postMessage({ ask, what, given } satisfies Message);
        this.#asking.set(ask, { resolve, reject });
      } catch (thrown) {
        const { message } = toErrorData(thrown, 'BAD_INPUT');
        const hint = 'values must be plain data: no functions, no class instances';
        reject(new HeddleError({ code: 'BAD_INPUT', message, hint, retryable: false }));
      }
    });
  }

  /** Without waiting for an answer; what comes of it is the other end's to tell. */
  tell(what: string, ...given: readonly unknown[]): void {
    this.ask(what, ...given).catch(() => undefined);
  }

  close(reason: ErrorData): void {
    this.#closed ??= reason;
    this.#port.close();
    for (const { reject } of this.#asking.values()) reject(new HeddleError(reason));
    this.#asking.clear();
  }

  async #serve(answer: number, what: string, given: readonly unknown[]): Promise<void> {
    try {
      const value = await this.#answers[what]?.(...given);
      this.#port.postMessage({ answer, value } satisfies Message, handedOver(value));
    } catch (thrown) {
      const errors = isHeddleError(thrown) ? thrown.errors?.map(errorData) : undefined;
      const error = safe(toErrorData(thrown, 'UNSUPPORTED'));
      this.#port.postMessage({ answer, error, ...(errors && { errors }) } satisfies Message);
    }
  }

  #settle(message: Exclude<Message, { ask: number }>): void {
    const asking = this.#asking.get(message.answer);
    this.#asking.delete(message.answer);
    if ('error' in message) asking?.reject(new HeddleError(message.error, message.errors));
    else asking?.resolve(message.value as never);
  }
}

/** Bytes that fill their buffer are moved, not copied. Only answers that nobody else holds may be bytes themselves. */
function handedOver(value: unknown): ArrayBuffer[] {
  if (!(value instanceof Uint8Array) || !(value.buffer instanceof ArrayBuffer)) return [];
  return value.byteLength === value.buffer.byteLength ? [value.buffer] : [];
}

/** Details are JSON-safe by contract; an error that breaks it is told without them rather than not at all. */
function safe(error: ErrorData): ErrorData {
  try {
    return structuredClone(error);
  } catch {
    return { code: error.code, message: error.message };
  }
}
