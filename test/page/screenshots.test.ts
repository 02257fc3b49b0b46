import { screenshotsSuite } from './suites/screenshots.ts';

// Every theme and width in test/soak/page.test.ts.
screenshotsSuite([
  ['light', 1280, 800],
  ['dark', 360, 740],
]);
