import { describe } from 'vitest';
import { killSuite } from '../edge/suites/kill.ts';

describe('SIGKILL of workerd at 40 moments of the sample', () => killSuite(40));
