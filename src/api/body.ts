import type { Context } from 'hono';
import { HeddleError } from '../errors.ts';
import { limits } from '../program/limits.ts';
import { parseDocument } from '../program/parse.ts';
import { isRecord } from '../program/shape.ts';

/** The body of a request as data: JSON or YAML by its looks, within the limits of documents; `{}` when there is none. */
export async function readBody(c: Context): Promise<Readonly<Record<string, unknown>>> {
  const announced = Number(c.req.header('content-length') ?? 0);
  if (announced > limits.textBytesMax) throw tooLarge(announced);
  const text = await c.req.text();
  if (text.length > limits.textBytesMax) throw tooLarge(text.length);
  if (text.trim() === '') return {};
  const document = parseDocument(text);
  if (isRecord(document)) return document;
  throw new HeddleError({ code: 'BAD_SCHEMA', message: 'the body has to be an object', path: '$' });
}

function tooLarge(bytes: number): HeddleError {
  return new HeddleError({
    code: 'LIMIT_EXCEEDED',
    message: `the body has ${bytes} bytes, ${limits.textBytesMax} are allowed`,
    path: '$',
    details: { limit: limits.textBytesMax, actual: bytes },
  });
}
