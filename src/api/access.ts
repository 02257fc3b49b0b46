import type { MiddlewareHandler } from 'hono';
import { sha256Hex, utf8 } from '../program/digest.ts';
import { problemOf } from './problem.ts';

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Closed by default: with a key, it has to be shown; without one, only the machine itself is served. */
export function access(apiKey: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    if (apiKey === undefined || apiKey === '') {
      if (loopback.has(new URL(c.req.url).hostname)) return next();
      return problemOf(c, 503, {
        code: 'NOT_ALLOWED',
        message: 'no key is configured, so only this machine is served',
        hint: 'set HEDDLE_API_KEY',
      });
    }
    const [scheme, shown = ''] = (c.req.header('authorization') ?? '').split(' ');
    // Digests have one length and tell nothing about where two keys differ.
    if (scheme?.toLowerCase() === 'bearer' && sha256Hex(utf8(shown)) === sha256Hex(utf8(apiKey))) return next();
    c.header('www-authenticate', 'Bearer');
    return problemOf(c, 401, {
      code: 'NOT_ALLOWED',
      message: 'this needs a key',
      hint: 'send Authorization: Bearer KEY',
    });
  };
}
