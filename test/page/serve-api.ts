import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { DefaultExecutionEngine } from '../../src/host/default-execution-engine.ts';
import { sampleModules } from '../../src/samples/index.ts';
import { appOver } from '../api/engine-app.ts';
import { pageFolder } from './studio.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** The API over an engine of this process, with the page at its root, as a Worker serves both. */
export async function serveApi(
  engine: DefaultExecutionEngine,
): Promise<{ readonly url: string; readonly server: Server }> {
  const { app } = appOver(engine, sampleModules);
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host}`);
    const file = join(pageFolder, url.pathname === '/' ? 'index.html' : url.pathname);
    if (incoming.method === 'GET' && types[extname(file)] !== undefined) {
      outgoing.writeHead(200, { 'content-type': types[extname(file)] }).end(readFileSync(file));
      return;
    }
    const hasBody = incoming.method !== 'GET' && incoming.method !== 'HEAD';
    const request = new Request(url, {
      method: incoming.method ?? 'GET',
      headers: incoming.headers as Record<string, string>,
      ...(hasBody && { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' }),
    });
    Promise.resolve(app.fetch(request)).then(async (response) => {
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      if (response.body === null) outgoing.end();
      else
        Readable.fromWeb(response.body as never)
          .on('error', () => outgoing.destroy())
          .pipe(outgoing);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
