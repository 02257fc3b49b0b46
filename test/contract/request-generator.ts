import type { openApiOf } from '../../src/api/openapi.ts';

type Document = ReturnType<typeof openApiOf>;
type Schema = { readonly [keyword: string]: unknown };

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: { readonly [type: string]: { readonly schema?: Schema } } };
  readonly responses: { readonly [status: string]: { readonly content?: { readonly [type: string]: object } } };
}

export interface GeneratedRequest {
  readonly operation: Operation;
  readonly path: string;
  readonly init: RequestInit & { readonly headers: Record<string, string> };
}

/** Requests that an OpenAPI document allows, and such as it does not, from a seed. */
export class RequestGenerator {
  readonly #operations: readonly (readonly [method: string, path: string, operation: Operation])[];
  readonly #document: Document;
  #state: number;

  constructor(
    document: Document,
    seed: number,
    /** Values that name something which is there, by the name of the parameter or member. */
    private readonly known: (name: string) => readonly unknown[],
  ) {
    this.#document = document;
    this.#state = seed;
    this.#operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, operation]) => [method.toUpperCase(), path, operation as Operation] as const,
      ),
    );
  }

  next(): GeneratedRequest {
    const [method, template, operation] = this.#pick(this.#operations);
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(String(this.#named(name)).toWellFormed()),
    );
    const query = new URLSearchParams();
    const headers: Record<string, string> = {};
    for (const { name, in: place, schema } of operation.parameters) {
      if (place === 'path' || this.#chance(0.5)) continue;
      const value = String(this.#chance(0.2) ? this.#anything(1) : this.#of(schema, name, 1));
      if (place === 'query') query.set(name, value);
      else headers[name] = name === 'Prefer' ? `wait=${this.#pick(['0', '1', 'x', '-1'])}` : printable(value);
    }
    if (operation.operationId === 'getEvents' && this.#chance(0.3)) headers.accept = 'text/event-stream';
    if (this.#chance(0.1)) headers['idempotency-key'] = printable(String(this.#pick(['k1', 'k2', 'k3', this.#text()])));
    this.#oddHeaders(headers);
    const body = method === 'GET' || method === 'DELETE' ? undefined : this.#body(operation, headers);
    const search = query.size > 0 ? `?${query}` : '';
    const sent = this.#chance(0.03) ? this.#undeclared(template, method) : method;
    const bodyless = sent === 'GET' || body === undefined;
    return { operation, path: path + search, init: { method: sent, headers, ...(!bodyless && { body }) } };
  }

  /** Nothing that changes what is asked. */
  #oddHeaders(headers: Record<string, string>): void {
    if (this.#chance(0.05)) headers.accept ??= this.#pick(['*/*', 'text/html', 'application/json;q=0', 'x', ',;=']);
    if (this.#chance(0.03)) headers['content-encoding'] = this.#pick(['gzip', 'br', 'identity', 'x']);
    if (this.#chance(0.02)) headers.traceparent = printable(this.#text());
    if (this.#chance(0.02)) headers.range = 'bytes=0-1';
    if (this.#chance(0.01)) for (let n = 0; n < 100; n++) headers[`x-more-${n}`] = 'x'.repeat(100);
  }

  /** A method that the document has nothing of for this path; the same one when it has all of them. */
  #undeclared(template: string, method: string): string {
    const declared = Object.keys(this.#document.paths[template] ?? {}).map((name) => name.toUpperCase());
    const others = ['PATCH', 'PUT', 'DELETE', 'POST', 'GET'].filter((name) => !declared.includes(name));
    return others.length === 0 ? method : this.#pick(others);
  }

  #body(operation: Operation, headers: Record<string, string>): string | Uint8Array<ArrayBuffer> | undefined {
    const content = operation.requestBody?.content;
    const [type, of] = content === undefined ? ['application/json', {}] : this.#pick(Object.entries(content));
    headers['content-type'] = this.#chance(0.05) ? 'text/html' : type;
    if (this.#chance(0.05)) return undefined;
    // More than the 5 MB that are read.
    if (this.#chance(0.002)) return JSON.stringify({ program: 'x'.repeat(6 * 2 ** 20) });
    if (this.#chance(0.07)) return Uint8Array.from({ length: this.#below(40) }, () => this.#below(256));
    if (this.#chance(0.05))
      return this.#pick(['', '{', 'null', '[]', '"x"', '\u0000', '- a\n- b', '&a [*a]', '{"a":1}}']);
    const schema = (of as { schema?: Schema }).schema ?? {};
    return JSON.stringify(this.#chance(0.1) ? this.#anything(3) : this.#of(schema, 'program', 4)) ?? 'undefined';
  }

  /** A value that a schema allows, mostly. */
  #of(schema: Schema | boolean, name: string, depth: number): unknown {
    if (typeof schema === 'boolean' || this.#chance(0.04)) return this.#anything(depth);
    if (typeof schema.$ref === 'string') {
      const { schemas } = this.#document.components as unknown as { schemas: Record<string, Schema> };
      return this.#of(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, name, depth);
    }
    if (this.known(name).length > 0 && this.#chance(0.7)) return this.#pick(this.known(name));
    if (Array.isArray(schema.enum)) return this.#pick(schema.enum);
    if (Array.isArray(schema.anyOf)) return this.#of(this.#pick(schema.anyOf as Schema[]), name, depth);
    const { type, minimum = -5, maximum = 100_000 } = schema as { type?: string; minimum?: number; maximum?: number };
    if (type === 'integer' || type === 'number') return minimum + this.#below(maximum - minimum + 1);
    if (type === 'boolean') return this.#chance(0.5);
    if (type === 'string') return this.#text();
    if (type === 'array') {
      return Array.from({ length: this.#below(4) }, () => this.#of((schema.items ?? {}) as Schema, name, depth - 1));
    }
    if (type !== 'object' || depth <= 0) return this.#anything(depth);
    const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
    const required = (schema.required ?? []) as readonly string[];
    const members = properties
      .filter(([each]) => this.#chance(required.includes(each) ? 0.97 : 0.5))
      .map(([each, of]) => [each, this.#of(of, each, depth - 1)] as const);
    return Object.fromEntries(members);
  }

  #anything(depth: number): unknown {
    const kind = this.#below(depth > 0 ? 9 : 6);
    if (kind === 0) return null;
    if (kind === 1) return this.#chance(0.5);
    if (kind === 2) return this.#pick([0, -1, 1.5, 1e308, -1e-9, 2 ** 53, 4_294_967_296]);
    if (kind < 6) return this.#text();
    if (kind === 6) return Array.from({ length: this.#below(4) }, () => this.#anything(depth - 1));
    return Object.fromEntries(Array.from({ length: this.#below(4) }, () => [this.#text(), this.#anything(depth - 1)]));
  }

  #named(name: string): unknown {
    const known = this.known(name);
    return known.length > 0 && this.#chance(0.75) ? this.#pick(known) : this.#text() || 'x';
  }

  #text(): string {
    const parts = [
      'a',
      'ex_1',
      '__proto__',
      'constructor',
      '..',
      '/',
      '%',
      '%2e',
      '\u0000',
      '\ud800',
      'ü',
      '漢',
      '💥',
      "'",
      '"',
    ];
    const more = [
      '<script>',
      '${',
      '}',
      '${a.b}',
      ' ',
      '\n',
      '.',
      ':',
      '0',
      '-1',
      'NaN',
      'x'.repeat(300),
      '*',
      '?',
      '#',
      ';',
    ];
    return Array.from({ length: this.#below(4) }, () => this.#pick([...parts, ...more])).join('');
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T;
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  /** mulberry32 */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** As a header can hold it. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').trim();
}
