import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ExecutionResult } from '../host/view/execution-view.ts';

/** JSON of anything an execution can hold: bytes are base64, other typed arrays lists of numbers. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, textOrNumbers);
}

function textOrNumbers(_key: string, each: unknown): unknown {
  if (each instanceof Uint8Array) return base64Of(each);
  return ArrayBuffer.isView(each) && !(each instanceof DataView) ? Array.from(each as Float64Array) : each;
}

/**
 * The same of a result. Its timeline has a few events for each task and is nearly all of it: its events are written without
 * looking at each of their members, and a time that many of them have is put into words once.
 */
export function resultJson({ timeline, ...result }: ExecutionResult): string {
  let [lastMs, lastText] = [Number.NaN, ''];
  const textOf = (time: Date): string => {
    const ms = time.getTime();
    if (ms !== lastMs) [lastMs, lastText] = [ms, time.toISOString()];
    return lastText;
  };
  const events = timeline.map(({ timestamp, data, ...event }) => {
    const isPlain = data === undefined || (typeof data.attempt === 'number' && Object.keys(data).length === 1);
    return { ...event, timestamp: textOf(timestamp), data: isPlain ? data : JSON.parse(toJson(data)) };
  });
  return `${toJson(result).slice(0, -1)},"timeline":${JSON.stringify(events)}}`;
}

export function json(
  c: Context,
  value: unknown,
  status: ContentfulStatusCode = 200,
  headers: Record<string, string> = {},
): Response {
  return jsonText(c, toJson(value), status, headers);
}

export function jsonText(
  c: Context,
  text: string,
  status: ContentfulStatusCode = 200,
  headers: Record<string, string> = {},
): Response {
  return c.body(text, status, { 'content-type': 'application/json', ...headers });
}

function base64Of(bytes: Uint8Array): string {
  let text = '';
  // In parts: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
