import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** JSON of anything an execution can hold: bytes are base64, other typed arrays lists of numbers. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (each instanceof Uint8Array) return base64Of(each);
    return ArrayBuffer.isView(each) && !(each instanceof DataView) ? Array.from(each as Float64Array) : each;
  });
}

export function json(
  c: Context,
  value: unknown,
  status: ContentfulStatusCode = 200,
  headers: Record<string, string> = {},
): Response {
  return c.body(toJson(value), status, { 'content-type': 'application/json', ...headers });
}

function base64Of(bytes: Uint8Array): string {
  let text = '';
  // In parts: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
