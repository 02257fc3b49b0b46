import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const prefix = /^.*\/call-server(?=\/)/;

/** `/json` tells what was asked, `/redirect` leads there, `/status/N` answers N, `/large` more than the tests allow. */
export function answerCall(request: IncomingMessage, response: ServerResponse): void {
  const full = request.url ?? '/';
  const path = full.replace(prefix, '');
  let body = '';
  request.on('data', (part) => {
    body += part;
  });
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    const [, status] = /^\/status\/(\d+)$/.exec(path) ?? [];
    if (status !== undefined) response.writeHead(Number(status)).end('{}');
    else if (path === '/redirect') response.writeHead(302, { location: full.replace('/redirect', '/json') }).end();
    else if (path === '/large') response.end(JSON.stringify('x'.repeat(20_000)));
    else response.end(JSON.stringify({ method: request.method, path, body }));
  });
}

/** A server of its own on 127.0.0.1 and a free port. */
export async function startCallServer(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(answerCall);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
