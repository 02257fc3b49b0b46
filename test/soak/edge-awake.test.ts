import { awakeSuite } from '../edge/suites/awake.ts';

awakeSuite(50);
