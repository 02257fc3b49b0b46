import { changeKilledSuite } from '../edge/suites/change-killed.ts';

changeKilledSuite(6);
