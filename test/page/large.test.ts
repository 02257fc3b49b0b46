import { largeSuite } from './suites/large.ts';

// 10,000 nodes and 50,000 events in test/soak/page.test.ts.
largeSuite([400, 2_000], 4_000);
