import { type ErrorData, HeddleError } from '../../errors.ts';

export interface ClientOptions {
  /** Of the service, as in `https://heddle.example`. */
  readonly url: string;
  /** A key of the service, or a JWT. */
  readonly token?: string;
  /** Default: the global one. An app in the same process can be given instead of a server. */
  readonly fetch?: (request: Request) => Response | Promise<Response>;
  /** How often something that failed on the way, or was put off (429, 503), is tried in all; default 5. */
  readonly triesMax?: number;
}

export interface Sent {
  readonly query?: { readonly [name: string]: string | number | undefined };
  readonly headers?: { readonly [name: string]: string };
  /** JSON, or bytes of CBOR. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const firstDelayMs = 100;
const delayMsMax = 10_000;

/** Requests to a service. POSTs are done once however often they are sent: each has an Idempotency-Key of its own. */
export class Http {
  readonly #options: ClientOptions;
  readonly #closed = new AbortController();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** @throws HeddleError as the service has it; STORAGE_FAILED when it could not be reached */
  async json<T>(method: string, path: string, sent?: Sent): Promise<T> {
    return (await (await this.answer(method, path, sent)).json()) as T;
  }

  async answer(method: string, path: string, { query = {}, headers = {}, body, signal }: Sent = {}): Promise<Response> {
    const url = new URL(this.#options.url.replace(/\/+$/, '') + path);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const isBytes = body instanceof Uint8Array;
    const all = new Headers({ accept: 'application/json', ...headers });
    if (this.#options.token !== undefined) all.set('authorization', `Bearer ${this.#options.token}`);
    if (body !== undefined) all.set('content-type', isBytes ? 'application/cbor' : 'application/json');
    if (method === 'POST') all.set('idempotency-key', crypto.randomUUID());
    const payload = body === undefined ? null : isBytes ? Uint8Array.from(body) : JSON.stringify(body);
    const signals = signal === undefined ? [this.#closed.signal] : [signal, this.#closed.signal];
    return this.#tried(
      () => new Request(url, { method, headers: all, body: payload, signal: AbortSignal.any(signals) }),
    );
  }

  /** Waits longer each time. @throws ABORTED once it is closed */
  async delay(tries: number, signal?: AbortSignal, retryAfter?: string | null): Promise<void> {
    const ms = retryAfter ? Number(retryAfter) * 1000 : firstDelayMs * 2 ** tries;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, Math.min(delayMsMax, ms || firstDelayMs));
      const closed = this.#closed.signal;
      function done(): void {
        clearTimeout(timer);
        closed.removeEventListener('abort', done);
        signal?.removeEventListener('abort', done);
        resolve();
      }
      closed.addEventListener('abort', done);
      signal?.addEventListener('abort', done);
    });
    this.checkOpen();
  }

  checkOpen(): void {
    if (this.#closed.signal.aborted) throw new HeddleError({ code: 'ABORTED', message: 'the client was closed' });
  }

  /** Aborted once it is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  close(): void {
    this.#closed.abort();
  }

  async #tried(request: () => Request): Promise<Response> {
    const { fetch: given, triesMax = 5 } = this.#options;
    for (let tries = 1; ; tries++) {
      this.checkOpen();
      const asked = request();
      try {
        const response = await (given ?? fetch)(asked);
        if (response.ok) return response;
        const retryAfter = response.headers.get('retry-after');
        if (retryAfter === null || tries >= triesMax) throw await errorOf(response);
        await response.body?.cancel();
        await this.delay(tries, asked.signal, retryAfter);
      } catch (thrown) {
        if (asked.signal.aborted) this.checkOpen();
        if (thrown instanceof HeddleError || asked.signal.aborted) throw thrown;
        if (tries >= triesMax) throw unreachable(this.#options.url, thrown);
        await this.delay(tries, asked.signal);
      }
    }
  }
}

/** The error a service has answered with. */
async function errorOf(response: Response): Promise<HeddleError> {
  const text = await response.text();
  const problem = parsed(text);
  if (typeof problem?.code !== 'string') {
    const message = `the service answered ${response.status} ${text.slice(0, 200)}`;
    return new HeddleError({ code: 'STORAGE_FAILED', message, retryable: response.status >= 500 });
  }
  const { code, detail = '', path, hint, details, errors } = problem;
  const data = {
    code,
    message: detail,
    ...(path !== undefined && { path }),
    ...(hint !== undefined && { hint }),
    details: { ...details, status: response.status },
    retryable: response.status === 429 || response.status === 503,
  };
  return new HeddleError(data, errors);
}

interface Problem extends Partial<ErrorData> {
  readonly detail?: string;
  readonly errors?: readonly ErrorData[];
}

function parsed(text: string): Problem | undefined {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return undefined;
  }
}

function unreachable(url: string, thrown: unknown): HeddleError {
  const why =
    thrown instanceof Error ? ((thrown.cause as Error | undefined)?.message ?? thrown.message) : String(thrown);
  return new HeddleError({
    code: 'STORAGE_FAILED',
    message: `${url} could not be reached: ${why}`,
    hint: 'is the service running there?',
    retryable: true,
  });
}
