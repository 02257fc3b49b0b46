import type { Context } from 'hono';
import { HeddleError } from '../errors.ts';
import { limits } from '../program/limits.ts';
import { parseDocument } from '../program/parse.ts';
import { checkAgainstSchema } from '../program/schema.ts';
import { isRecord } from '../program/shape.ts';
import type { Value } from '../program/value.ts';
import type { Body, Route } from './route.ts';

const bundleBytesMax = 64 * 2 ** 20;
/** Of a body that is refused: a client that is answered before it has sent everything sees a broken connection instead of the answer. */
const discardedBytesMax = 32 * 2 ** 20;

/**
 * The bytes of a body, never more of them than its kind may have.
 * @param isMeasured somebody has seen to that before
 * @throws LIMIT_EXCEEDED
 */
export async function readBytes(c: Context, kind: Body['kind'], isMeasured: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const max = kind === 'bundle' ? bundleBytesMax : limits.textBytesMax;
  const announced = Number(c.req.header('content-length') ?? 0);
  // Platforms hold a body to what was announced; in one piece it is read without a turn for each of its parts.
  if (isMeasured || (announced > 0 && announced <= max)) {
    const bytes = new Uint8Array(await c.req.raw.arrayBuffer());
    if (bytes.length > max) throw tooLarge(bytes.length, max);
    return bytes;
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = c.req.raw.body?.getReader();
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    length += part.value.length;
    if (length <= max) parts.push(part.value);
    else if (length > max + discardedBytesMax) break;
  }
  if (length > max) {
    await reader?.cancel();
    throw tooLarge(Math.max(length, announced), max);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A body as data, JSON or YAML by its looks, within the limits of documents; `{}` when there is none. */
export function readDocument(bytes: Uint8Array, { schema }: Body): Readonly<Record<string, unknown>> {
  const document = bytes.length === 0 ? {} : (parseDocument(textOf(bytes)) ?? {});
  if (!isRecord(document))
    throw new HeddleError({ code: 'BAD_SCHEMA', message: 'the body has to be an object', path: '$' });
  if (schema === undefined || typeof schema === 'boolean') return document;
  for (const name of (schema.required ?? []) as readonly string[]) {
    if (document[name] === undefined)
      throw new HeddleError({ code: 'BAD_SCHEMA', message: `${name} is missing`, path: name });
  }
  const errors = checkAgainstSchema(schema, document as Value);
  if (errors[0] !== undefined) throw new HeddleError(errors[0], errors);
  return document;
}

/** A body that was read and found right before, as by {@link readDocument}. */
export function rereadDocument(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {};
  const text = textOf(bytes);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = parseDocument(text);
  }
  return isRecord(document) ? document : {};
}

/** The parameters a route has in its query, as they were sent. @throws BAD_INPUT */
export function readQuery(c: Context, { query = {} }: Route): { readonly [name: string]: string } {
  const read: Record<string, string> = {};
  for (const [name, { schema }] of Object.entries(query)) {
    const given = c.req.query(name);
    if (given === undefined) continue;
    const isWhole = typeof schema !== 'boolean' && schema.type === 'integer';
    const value = isWhole && /^\d{1,15}$/.test(given) ? Number(given) : given;
    if (checkAgainstSchema(schema, value).length > 0) {
      const message = `${JSON.stringify(given.slice(0, 80))} cannot be ${name}`;
      throw new HeddleError({ code: 'BAD_INPUT', message, path: name });
    }
    read[name] = given;
  }
  return read;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new HeddleError({ code: 'BAD_SYNTAX', message: 'the body is not UTF-8' });
  }
}

function tooLarge(bytes: number, max: number): HeddleError {
  return new HeddleError({
    code: 'LIMIT_EXCEEDED',
    message: `the body has ${bytes} bytes, ${max} are allowed`,
    path: '$',
    details: { limit: max, actual: bytes },
  });
}
