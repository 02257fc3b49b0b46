import { hostileSuite } from './suites/hostile.ts';

// All 300 in test/soak/page.test.ts.
hostileSuite({ programs: 3, files: 24, bundles: 4, addresses: 1 });
