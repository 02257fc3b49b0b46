import { isHeddleError } from '../../src/errors.ts';
import type { ExecutionHandle } from '../../src/host/execution-engine.ts';
import { isTerminal } from '../../src/observe/status.ts';
import type { Studio } from './studio.ts';
import { tell } from './tell.ts';

/** Beyond so many that cannot be opened, those before them will hardly be better. */
const triesMax = 20;
const againMs = 1000;
const resumedNotice = 'Resumed after the reload: what had finished was restored, the rest goes on.';

/**
 * What the page shows when it comes up: the execution of the address, what was unfinished, or the newest that can be opened. While
 * the storage fails there is nothing to be shown: that is said, and made up for when it works, unless somebody has chosen something.
 */
export class FirstShown {
  readonly #studio: Studio;
  readonly #executionId: string | undefined;
  /** What is shown as long as nobody has chosen anything. */
  readonly #before: Studio['session'];
  #isWaiting = false;

  /** @param executionId of the address */
  constructor(studio: Studio, executionId: string | undefined) {
    this.#studio = studio;
    this.#executionId = executionId;
    this.#before = studio.session;
    studio.engine.engine.onStorageChange(({ state }) => {
      if (state === 'ok' && this.#isFree) void this.show();
    });
  }

  async show(): Promise<void> {
    const { resumed } = this.#studio.engine;
    this.#isWaiting = false;
    try {
      if (this.#isFailing) return this.#wait();
      if (this.#executionId !== undefined) return await this.#studio.openExecution(this.#executionId);
      const [unfinished] = resumed;
      if (unfinished !== undefined) return await this.#take(unfinished);
      await this.#showNewest();
    } catch (thrown) {
      if (!isHeddleError(thrown) || thrown.code !== 'STORAGE_FAILED') return this.#studio.complain(thrown);
      this.#wait();
      // It may have begun to work since: nobody tells that again.
      setTimeout(() => this.#isFree && !this.#isFailing && void this.show(), againMs);
    }
  }

  /** The engine goes on with an execution later than on load: the storage works again. */
  async resumed(handle: ExecutionHandle): Promise<void> {
    if (this.#isFree) await this.#take(handle).catch(this.#studio.complain);
  }

  get #isFailing(): boolean {
    return this.#studio.engine.engine.storage.state === 'failing';
  }

  get #isFree(): boolean {
    return this.#isWaiting && this.#isUntouched;
  }

  /** Nobody has chosen anything. */
  get #isUntouched(): boolean {
    return this.#studio.session === this.#before;
  }

  #wait(): void {
    this.#isWaiting = true;
    this.#studio.say('What has run before cannot be read now. It is shown as soon as the storage works again.');
  }

  async #take(handle: ExecutionHandle): Promise<void> {
    const live = await this.#studio.page.live(handle);
    if (this.#isUntouched) this.#studio.take(live, resumedNotice);
  }

  async #showNewest(): Promise<void> {
    let refusal: string | null = null;
    for (const { executionId, status } of await this.#studio.engine.engine.list({ limit: triesMax })) {
      const last = isTerminal(status)
        ? 'This is the last run. Run it again, or try another program.'
        : 'This is the last run: it goes on in another tab, and you watch it here.';
      const notice =
        refusal === null ? last : `The last run could not be opened: ${refusal}. This is the newest that could.`;
      try {
        const live = await this.#studio.page.open(executionId);
        if (this.#isUntouched) this.#studio.take(live, notice);
        return;
      } catch (thrown) {
        if (this.#isFailing) throw thrown;
        refusal ??= tell(thrown);
      }
    }
    if (this.#isUntouched)
      this.#studio.say(refusal === null ? 'Press Run.' : `The last run could not be opened: ${refusal}.`);
  }
}
