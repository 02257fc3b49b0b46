import { HeddleError } from '../../src/errors.ts';

/** Calls an API of Heddle; what it answers with problem+json is thrown as the error it is. */
export class EdgeClient {
  readonly url: string;
  readonly #key: string;

  /** @param url of the service, with or without a slash at its end */
  constructor(url: string, key: string) {
    this.url = url.replace(/\/+$/, '');
    this.#key = key;
  }

  async get<T>(path: string): Promise<T> {
    return (await (await this.request(path)).json()) as T;
  }

  async post<T>(path: string, body: unknown = {}): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    return (await (await this.request(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as T;
  }

  /** @throws what the service says, or that it cannot be reached */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), ...(this.#key !== '' && this.#authorization()) };
    const response = await fetch(`${this.url}${path}`, { ...init, headers }).catch((thrown: Error) => {
      throw new HeddleError({
        code: 'UNREACHABLE',
        message: `${this.url} cannot be reached: ${thrown.message}`,
        hint: 'is it running, and does it allow this page (CORS)?',
        retryable: true,
      });
    });
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; hint?: string };
    throw new HeddleError({
      code: problem.code ?? (response.status === 404 ? 'NOT_FOUND' : `HTTP_${response.status}`),
      message: problem.detail ?? `${path} answered ${response.status}`,
      ...(problem.hint !== undefined && { hint: problem.hint }),
    });
  }

  #authorization() {
    return { authorization: `Bearer ${this.#key}` };
  }
}
