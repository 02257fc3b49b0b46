import { killSuite } from './suites/kill.ts';

// Twenty in `npm run test:soak`.
killSuite(6);
