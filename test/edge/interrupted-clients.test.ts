import { describe } from 'vitest';
import { droppedSocketsSuite } from './suites/dropped-sockets.ts';
import { onceKilledSuite } from './suites/once-killed.ts';

// 50 rounds, 100 aborts, and all keys to the end, in test/soak.
describe('clients of what is killed under them', () => {
  onceKilledSuite(2, false);
  droppedSocketsSuite(4, 4);
});
