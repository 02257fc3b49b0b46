import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Noted {
  readonly phase: 'about' | 'effect';
  readonly key: string;
  readonly task: string;
  readonly attempt: number;
}

/** The outside world: keeps every effect it is told of, and knows nothing of who is killed meanwhile. */
export class Ledger {
  readonly notes: Noted[] = [];
  /** Called with each note before it is answered; while it returns true there is no answer. */
  intercept: ((noted: Noted) => boolean) | null = null;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Ledger> {
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', () => ledger.#note(JSON.parse(text) as Noted, response));
    });
    const ledger = new Ledger(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return ledger;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  get effects(): readonly Noted[] {
    return this.notes.filter(({ phase }) => phase === 'effect');
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #note(noted: Noted, response: ServerResponse): void {
    this.notes.push(noted);
    if (this.intercept?.(noted) === true) return;
    response.end('{}');
  }
}
