import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { replyAnthropic, replyGemini, replyOpenAi } from './model-wires.ts';

/** What the server was asked, whichever protocol it came by. */
export interface ModelCall {
  readonly format: 'openai' | 'anthropic' | 'gemini';
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: the body of a request as it came
  readonly body: any;
  readonly stream: boolean;
  /** The last user message. */
  readonly prompt: string;
  readonly model: string;
}

/** What the model says: a text, calls of tools, or a failure. */
export type ModelAnswer =
  | string
  | {
      readonly text?: string;
      readonly tools?: readonly { readonly name: string; readonly args: object }[];
      readonly stop?: 'length';
      /** Breaks the connection off after so many parts of a stream. */
      readonly breakAfter?: number;
      /** Asked before each part of a stream: when to go on. */
      readonly pace?: (part: number) => Promise<void> | undefined;
    }
  | { readonly status: number; readonly headers?: Record<string, string>; readonly message?: string };

export type Answering = (call: ModelCall, index: number) => ModelAnswer | Promise<ModelAnswer>;

/**
 * A real HTTP server that speaks the three protocols, streaming and embeddings included. `calls` are those that came in,
 * `answered` those whose answer went out whole: what one would have paid for.
 */
export class ModelServer {
  readonly calls: ModelCall[] = [];
  readonly answered: ModelCall[] = [];
  answering: Answering;
  /** Told when an answer went out whole. */
  onAnswered: (call: ModelCall) => void = () => undefined;
  readonly #server: Server;

  constructor(answering: Answering) {
    this.answering = answering;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error) => response.destroy(error));
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The three providers of this server; keys by reference. */
  get providers() {
    const prices = { '*': { input: 1, output: 10 } };
    return {
      openai: { format: 'openai', baseUrl: `${this.url}/openai`, secret: 'TEST_KEY', prices },
      anthropic: { format: 'anthropic', baseUrl: `${this.url}/anthropic`, secret: 'TEST_KEY', prices },
      gemini: { format: 'gemini', baseUrl: `${this.url}/gemini`, secret: 'TEST_KEY', prices },
    } as const;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // For pages of another origin.
    response.setHeader('access-control-allow-origin', '*');
    if (request.method === 'OPTIONS') {
      const asked = request.headers['access-control-request-headers'] ?? '';
      return void response.writeHead(204, { 'access-control-allow-headers': asked }).end();
    }
    let text = '';
    for await (const part of request) text += part;
    const call = readCall(request, JSON.parse(text));
    this.calls.push(call);
    const answer = await this.answering(call, this.calls.length - 1);
    if (response.destroyed) return;
    if (typeof answer === 'object' && 'status' in answer) {
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(JSON.stringify({ error: { message: answer.message ?? 'refused' } }));
      return;
    }
    const reply = { openai: replyOpenAi, anthropic: replyAnthropic, gemini: replyGemini }[call.format];
    const events = reply(call, typeof answer === 'string' ? { text: answer } : answer);
    response.on('finish', () => {
      this.answered.push(call);
      this.onAnswered(call);
    });
    if (!call.stream) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(events[0]));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const breakAfter =
      typeof answer === 'object' ? (answer.breakAfter ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    for (const [index, event] of events.entries()) {
      if (index >= breakAfter) return void response.destroy();
      if (typeof answer === 'object') await answer.pace?.(index);
      const data = typeof event === 'string' ? event : JSON.stringify(event);
      response.write(`data: ${data}\n\n`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    response.end();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the body of a request as it came
function readCall(request: IncomingMessage, body: any): ModelCall {
  const path = request.url ?? '';
  const format = (path.split('/')[1] ?? '') as ModelCall['format'];
  const messages = body.messages ?? body.contents ?? [];
  const last = messages.at(-1) ?? {};
  const parts = Array.isArray(last.content) ? last.content : (last.parts ?? [{ text: last.content }]);
  return {
    format,
    path,
    headers: request.headers,
    body,
    stream: body.stream === true || path.includes('streamGenerateContent'),
    prompt: parts.map((part: { text?: string }) => part.text ?? '').join(''),
    model: body.model ?? /models\/([^:]+)/.exec(path)?.[1] ?? '',
  };
}
