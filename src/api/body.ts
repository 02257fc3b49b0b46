import type { Context } from 'hono';
import { HeddleError } from '../errors.ts';
import { limits } from '../program/limits.ts';
import { parseDocument } from '../program/parse.ts';
import { isRecord } from '../program/shape.ts';

/** Of a body that is refused: more is not read, whatever the client makes of it. */
const discardedBytesMax = 32 * 2 ** 20;

/** The body of a request as data: JSON or YAML by its looks, within the limits of documents; `{}` when there is none. */
export async function readBody(c: Context): Promise<Readonly<Record<string, unknown>>> {
  const announced = Number(c.req.header('content-length') ?? 0);
  if (announced > limits.textBytesMax) {
    await discard(c.req.raw.body);
    throw tooLarge(announced);
  }
  const text = await c.req.text();
  if (text.length > limits.textBytesMax) throw tooLarge(text.length);
  if (text.trim() === '') return {};
  const document = parseDocument(text);
  if (isRecord(document)) return document;
  throw new HeddleError({ code: 'BAD_SCHEMA', message: 'the body has to be an object', path: '$' });
}

/** A client that is answered before it has sent everything sees a broken connection instead of the answer. */
async function discard(body: ReadableStream<Uint8Array> | null): Promise<void> {
  const reader = body?.getReader();
  for (let left = discardedBytesMax; reader !== undefined && left > 0; ) {
    const { done, value } = await reader.read();
    if (done) return;
    left -= value.byteLength;
  }
  await reader?.cancel();
}

function tooLarge(bytes: number): HeddleError {
  return new HeddleError({
    code: 'LIMIT_EXCEEDED',
    message: `the body has ${bytes} bytes, ${limits.textBytesMax} are allowed`,
    path: '$',
    details: { limit: limits.textBytesMax, actual: bytes },
  });
}
