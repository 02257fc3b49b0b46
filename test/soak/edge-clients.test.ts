import { describe } from 'vitest';
import { droppedSocketsSuite } from '../edge/suites/dropped-sockets.ts';
import { onceKilledSuite } from '../edge/suites/once-killed.ts';

describe('clients of what is killed under them', () => {
  onceKilledSuite(50, true);
  droppedSocketsSuite(100, 5);
});
