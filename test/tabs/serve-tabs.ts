import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { answerFile } from '../page/serve-page.ts';

const root = new URL('../..', import.meta.url).pathname;

export interface TabServer {
  readonly url: string;
  readonly server: Server;
  /** How often each effect happened, by its key. */
  readonly effects: Map<string, number>;
}

/** Bundles the page and its worker, and serves them on 127.0.0.1 and a free port, counting the effects that are asked for. */
export async function serveTabs(): Promise<TabServer> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-tabs-'));
  await build({
    entryPoints: [`${root}test/tabs/tab.ts`, `${root}test/tabs/tab-worker.ts`],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2023',
    logLevel: 'error',
  });
  copyFileSync(`${root}dist/kernel.wasm`, join(folder, 'kernel.wasm'));
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><title>tab</title><body><script type="module" src="tab.js"></script>',
  );
  const effects = new Map<string, number>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host');
    // The browser measures the memory of a page and its workers only when it is isolated.
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    if (pathname !== '/effect') return answerFile(folder, pathname, response);
    const key = searchParams.get('key') ?? '';
    effects.set(key, (effects.get(key) ?? 0) + 1);
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, effects, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
