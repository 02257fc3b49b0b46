import { availableParallelism } from 'node:os';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_FLAGS, chromiumPath } from './support/chromium.ts';
import { LongestFirst } from './support/longest-first.ts';
import { serveCalls, serveKernel, serveRecordedWorkflows, textAssets } from './support/vite-plugins.ts';

const root = new URL('..', import.meta.url).pathname;

/** Tests may use the package by its name, as users do, and get the sources. */
const aliases = [
  { find: /^heddle$/, replacement: `${root}src/index.ts` },
  { find: /^heddle\/dspy$/, replacement: `${root}src/dspy.ts` },
  { find: /^heddle\/kernel$/, replacement: `${root}src/kernel/index.ts` },
  { find: /^heddle\/(formats|modules)$/, replacement: `${root}src/$1/index.ts` },
  { find: /^fast-check$/, replacement: `${root}test/support/seeded-properties.ts` },
];
/** Of the library alone: no browser, no workerd, no process beside. */
const library = [
  ...['engine', 'program', 'plan', 'policy', 'observe', 'history', 'host', 'modules', 'formats', 'web', 'testing'],
].map((folder) => `test/${folder}/**/*.test.ts`);
const elsewhere = ['test/edge/**/*.workerd.test.ts', 'test/browser/**/*.browser.test.ts'];

/**
 * Playwright's provider with a path that is asked for only when the browser is launched: Vitest clones a provider's options
 * as it reads this file, and a run of the other projects must neither need a browser nor install one.
 */
function chromiumProvider(): ReturnType<typeof playwright> {
  const launchOptions = {
    get executablePath() {
      return chromiumPath();
    },
    args: [...CHROMIUM_FLAGS],
  };
  const { prewarm: _, ...provider } = playwright({ launchOptions });
  return { ...provider, options: {} };
}

/** Hours of seeds rather than seconds: `npm run test:soak`, never a part of `npm test`. */
const soak = {
  root,
  plugins: [textAssets()],
  test: {
    name: 'soak',
    environment: 'node',
    include: ['test/soak/**/*.test.ts'],
    exclude: ['test/soak/**/*.browser.test.ts'],
    testTimeout: 3_600_000,
  },
};

/** What workers import is found out late, and a page that is reloaded for it in the middle of a test begins that test anew. */
const inPages = [
  ...['idb', 'comlink', 'cborg', 'yaml', 'minisearch', '@marcbachmann/cel-js', '@cfworker/json-schema'],
  ...['@noble/hashes/hmac.js', '@noble/hashes/sha2.js', '@noble/hashes/utils.js'],
];

/** A project whose tests run in Node and may use the package by its name. */
function inNode(name: string, include: string[], more: { readonly isolate?: boolean; readonly exclude?: string[] }) {
  return {
    root,
    resolve: { alias: aliases },
    plugins: [textAssets()],
    test: {
      name,
      environment: 'node',
      include,
      testTimeout: 60_000,
      // Part of the time most of them wait for a browser or for workerd.
      maxWorkers: availableParallelism() + 2,
      ...more,
    },
  };
}

/** A project whose tests run in a real Chromium. */
function inChromium(name: string, include: string, groupOrder: number) {
  return {
    root,
    plugins: [textAssets(), serveKernel(), serveRecordedWorkflows(), serveCalls()],
    optimizeDeps: { include: inPages },
    test: {
      name,
      include: [include],
      testTimeout: 60_000,
      sequence: { groupOrder },
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: chromiumProvider(),
        instances: [{ browser: 'chromium' as const }],
      },
    },
  };
}

/** One run, three homes: Node, workerd, and a real Chromium. Pick one with `--project node`, one file with its path. */
export default defineConfig(({ mode }) => ({
  root,
  test: {
    // Vitest leaves one processor to itself, but waits most of the time: on two, tests would run one after the other.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/support/build-when-stale.ts'],
    reporters: ['default', 'test/support/counts-reporter.ts'],
    projects:
      mode === 'soak'
        ? [soak, inChromium('soak-browser', 'test/soak/**/*.browser.test.ts', 1)]
        : [
            // They touch nothing outside themselves, so they need no process of their own each.
            inNode('library', library, { isolate: false }),
            inNode('node', ['test/**/*.test.ts'], { exclude: [...elsewhere, ...library, 'test/soak/**'] }),
            {
              root,
              plugins: [textAssets(), cloudflareTest({ wrangler: { configPath: './test/edge/wrangler.toml' } })],
              test: {
                name: 'workerd',
                include: ['test/edge/**/*.workerd.test.ts'],
                testTimeout: 60_000,
                sequence: { groupOrder: 1 },
              },
            },
            inChromium('browser', 'test/browser/**/*.browser.test.ts', 1),
          ],
  },
}));
