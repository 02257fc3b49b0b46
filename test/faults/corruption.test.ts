import { describe } from 'vitest';
import { corruptionSuite } from './suites/corruption.ts';

// 5,000 in test/soak.
describe('I7, ST3 a stored execution that was changed is refused, or comes to the right end all the same', () =>
  corruptionSuite(1500));
