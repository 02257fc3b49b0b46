import { HeddleError } from '../../errors.ts';
import { mayGoOn, type Presence } from './presence.ts';

/** Between tries to go on, in ms; growing from the first to the longest. */
export const firstPauseMs = 100;
export const pauseMsMax = 5000;

export interface Keeper {
  readonly closed: () => boolean;
  /** Drives or watches the execution anew. */
  readonly enter: () => Promise<unknown>;
}

/**
 * As long as the execution has not ended: when its driver stops, or it can be watched no longer, it is entered again.
 * @returns whether it has ended; false when it was given up
 */
export async function keepGoing(presence: Presence, { closed, enter }: Keeper): Promise<boolean> {
  let pauseMs = firstPauseMs;
  for (;;) {
    const { current } = presence;
    try {
      await current.result();
      return true;
    } catch (thrown) {
      if (presence.current !== current) continue;
      if (closed() || !mayGoOn(thrown)) return givenUp(presence, thrown);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(pauseMsMax, pauseMs * 2);
    if (presence.current !== current) continue;
    try {
      if (closed()) throw new HeddleError({ code: 'ABORTED', message: 'the engine was closed' });
      await enter();
      pauseMs = firstPauseMs;
    } catch (thrown) {
      if (!mayGoOn(thrown)) return givenUp(presence, thrown);
    }
  }
}

function givenUp(presence: Presence, reason: unknown): false {
  presence.giveUp(reason);
  return false;
}
