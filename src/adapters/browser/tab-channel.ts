import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';

/** What a watching tab asks the driving one to do with an execution: the name of a method of its handle, and what it is given. */
export interface TabRequest {
  readonly verb: 'pause' | 'resume' | 'cancel' | 'signal';
  readonly given: readonly unknown[];
}

type Message =
  | { readonly kind: 'saved'; readonly executionId: string }
  | { readonly kind: 'ask'; readonly id: string; readonly executionId: string; readonly request: TabRequest }
  | { readonly kind: 'answer'; readonly id: string; readonly error?: ErrorData };

export interface TabListener {
  /** Another tab has stored something of that execution. */
  saved(executionId: string): void;
  /** @returns undefined when this tab does not drive it, and has nothing to say */
  asked(executionId: string, request: TabRequest): Promise<void> | undefined;
}

/** A driving tab that does not answer is frozen, or gone and not yet succeeded by another. */
const answerMsMax = 5000;
/** A program of short tasks saves a thousand times a second. */
const savedEveryMs = 10;

/** What the tabs of a page tell one another. News are hints only: whoever hears one reads the journal. */
export class TabChannel {
  readonly #channel: BroadcastChannel;
  readonly #asking = new Map<string, (error?: ErrorData) => void>();
  /** Executions of which it was told a moment ago that they were saved. */
  readonly #told = new Map<string, { more: boolean }>();

  constructor(name: string, listener: TabListener) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind === 'saved') listener.saved(data.executionId);
      else if (data.kind === 'answer') this.#asking.get(data.id)?.(data.error);
      else {
        const { id } = data;
        listener.asked(data.executionId, data.request)?.then(
          () => this.#post({ kind: 'answer', id }),
          (thrown) => this.#post({ kind: 'answer', id, error: toErrorData(thrown, 'NOT_ALLOWED') }),
        );
      }
    };
  }

  /** At once, and again at the end of a pause in which more was saved: whoever hears it reads all of that together. */
  saved(executionId: string): void {
    const told = this.#told.get(executionId);
    if (told !== undefined) {
      told.more = true;
      return;
    }
    this.#post({ kind: 'saved', executionId });
    const telling = { more: false };
    this.#told.set(executionId, telling);
    setTimeout(() => {
      this.#told.delete(executionId);
      if (telling.more) this.saved(executionId);
    }, savedEveryMs);
  }

  /** Resolves when the driving tab has done it. @throws what it throws, LEASE_UNAVAILABLE when none answers */
  async ask(executionId: string, request: TabRequest): Promise<void> {
    const id = crypto.randomUUID();
    const error = await new Promise<ErrorData | undefined>((resolve, reject) => {
      const timer = setTimeout(() => resolve(noAnswer(executionId, request)), answerMsMax);
      this.#asking.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      try {
        this.#channel.postMessage({ kind: 'ask', id, executionId, request } satisfies Message);
      } catch (thrown) {
        clearTimeout(timer);
        reject(new HeddleError(toErrorData(thrown, 'BAD_INPUT')));
      }
    }).finally(() => this.#asking.delete(id));
    if (error !== undefined) throw new HeddleError(error);
  }

  close(): void {
    this.#channel.onmessage = null;
    this.#channel.close();
    for (const settle of this.#asking.values()) settle({ code: 'ABORTED', message: 'the engine was closed' });
  }

  #post(message: Message): void {
    try {
      this.#channel.postMessage(message);
    } catch {
      // It was closed: nobody is to be told anything.
    }
  }
}

function noAnswer(executionId: string, { verb }: TabRequest): ErrorData {
  return {
    code: 'LEASE_UNAVAILABLE',
    message: `the tab that drives execution ${executionId} did not answer to ${verb}`,
    hint: 'it may be frozen, and do it later: look at the status before you ask again',
    retryable: true,
  };
}
