import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { servePage } from '../../test/page/serve-page.ts';
import { CHROMIUM_FLAGS, chromiumPath } from '../../test/support/chromium.ts';

export interface Served {
  readonly url: string;
  readonly browser: Browser;
}

/** Bundles scripts of bench/page, serves a page that runs the first of them, and has a real Chromium at hand while `ask` asks. */
export async function inChromium<T>(
  name: string,
  scripts: readonly string[],
  ask: (served: Served) => Promise<T>,
): Promise<T> {
  const folder = `bench/build/${name}`;
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: scripts.map((script) => `bench/page/${script}.ts`),
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['browser'],
    loader: { '.txt': 'text', '.yaml': 'text' },
  });
  copyFileSync('dist/kernel.wasm', `${folder}/kernel.wasm`);
  writeFileSync(`${folder}/index.html`, `<!doctype html><script type="module" src="${scripts[0]}.js"></script>`);
  const { url, server } = await servePage(folder);
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_FLAGS] });
  try {
    return await ask({ url, browser });
  } finally {
    await browser.close();
    server.close();
  }
}
