import { describe } from 'vitest';
import { corruptionSuite } from '../faults/suites/corruption.ts';

describe('a stored execution that was changed is refused, or comes to the right end all the same', () =>
  corruptionSuite(5000));
