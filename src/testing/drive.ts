import { HeddleError } from '../errors.ts';
import type { FakeClock } from './fake-clock.ts';
import { quiet } from './quiet.ts';

/** Turns of the real event loop that modules get, when nothing is armed, to answer from the real world. */
const patienceTurns = 200;

/**
 * Lets virtual time go on until the promise settles.
 * @param idle called when nothing is armed any more; answers whether it has set something going
 * @throws ABORTED when nothing will ever happen any more, and whatever the promise rejects with
 */
export async function drive<T>(
  clock: FakeClock,
  promise: Promise<T>,
  idle: () => Promise<boolean> = async () => false,
): Promise<T> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  await quiet();
  for (let turns = 0; !settled; ) {
    if (await clock.next()) turns = 0;
    else if (settled) break;
    else if (turns++ < patienceTurns) await realTurn();
    else if (!(await idle())) {
      throw new HeddleError({
        code: 'ABORTED',
        message: 'nothing is under way or armed, and it has not ended',
        hint: 'let modules wait with clock.sleep(ms), and send the signals that are waited for',
      });
    } else turns = 0;
    await quiet();
  }
  return promise;
}

function realTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
