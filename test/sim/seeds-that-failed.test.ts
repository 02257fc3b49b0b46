import { test } from 'vitest';
import { simulate } from './seeds.ts';

test.each([
  [1584, 'the store of a sub-program fails: the attempt waits for it to be opened again'],
  [2317, 'a recovery strategy sets the execution back to before it was asked, for ever'],
  [68145, 'an attempt from before a restore has the number of one after it'],
  [11174, 'a sub-program was created, and its host died before it began'],
  [9741, 'what undoes a sub-program gave a sign of life, and nobody waits for one of a sub-program'],
  [23123, 'a frozen host waited for an equal call, whose claim ran out after another host had taken over'],
  [35430, 'a host with more slots took over, and no further item of a forEach asked for its permits'],
])('seed %i: %s', async (seed) => {
  await simulate(seed);
});
