import { test } from 'vitest';
import { simulate } from './seeds.ts';

test.each([
  [1584, 'the store of a sub-program fails: the attempt waits for it to be opened again'],
  [2317, 'a recovery strategy sets the execution back to before it was asked, for ever'],
  [68145, 'an attempt from before a restore has the number of one after it'],
  [11174, 'a sub-program was created, and its host died before it began'],
])('seed %i: %s', async (seed) => {
  await simulate(seed);
});
