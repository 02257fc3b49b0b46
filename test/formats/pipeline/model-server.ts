import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ChatRequest } from '../../../src/formats/pipeline/request.ts';

export interface ModelServer {
  readonly url: string;
  /** Every request, in the order of arrival. */
  readonly requests: ChatRequest[];
}

export type Reply = (
  request: ChatRequest,
  count: number,
) => object | string | number | Promise<object | string | number>;

/** A model server on a port of its own: a text or an object is the answer, a number an HTTP status. */
export async function modelServer(reply: Reply = reasonable): Promise<ModelServer> {
  const requests: ChatRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (part) => {
      body += part;
    });
    incoming.on('end', async () => {
      const request = JSON.parse(body) as ChatRequest;
      const answer = await reply(request, requests.push(request));
      outgoing.writeHead(typeof answer === 'number' ? answer : 200, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(typeof answer === 'string' ? { text: answer, cost: 0.001 } : answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

export const promptOf = (request: ChatRequest): string => request.messages.at(-1)?.content ?? '';

/** Calls the first function it is offered; answers in JSON where tests or a score are asked for. */
function reasonable(request: ChatRequest): object | string {
  const [tool] = (request.tools ?? []) as { name: string }[];
  if (tool !== undefined)
    return {
      text: '',
      toolCalls: [
        {
          name: tool.name,
          arguments: { quality_score: 9, issues: ['none'], suggestions: ['ship it'], is_valid: true },
        },
      ],
    };
  if (request.schema !== undefined)
    return { object: { text: 'good', analysis: 'good', summary: 'good', overall_score: 9 }, text: 'good' };
  if (/test suite/i.test(promptOf(request))) return '{"coverage": 91.5}';
  return `answer to: ${promptOf(request).slice(0, 60)}`;
}
