import { killSuite } from '../page/suites/kill.ts';

killSuite(20);
