import { describe } from 'vitest';
import { hostileSuite } from '../page/suites/hostile.ts';
import { largeSuite } from '../page/suites/large.ts';
import { screenshotsSuite } from '../page/suites/screenshots.ts';

describe('hostile text', () => hostileSuite({ programs: 10, files: 100, bundles: 20, addresses: 10 }));
describe('large programs and long executions', () => largeSuite([400, 2_000, 10_000], 25_000));
describe('screenshots', () =>
  screenshotsSuite([
    ['light', 1280, 800],
    ['dark', 1280, 800],
    ['light', 360, 740],
    ['dark', 360, 740],
    ['light', 1920, 1080],
    ['dark', 1920, 1080],
  ]));
