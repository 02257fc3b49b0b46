import { screenshotsSuite } from './suites/screenshots.ts';

// Every theme and width in test/soak/page.test.ts.
screenshotsSuite([['dark', 360, 740]]);
