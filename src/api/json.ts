import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ExecutionEvent, ExecutionResult } from '../host/view/execution-view.ts';

/** JSON of anything an execution can hold: bytes are base64, other typed arrays lists of numbers. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, textOrNumbers);
}

function textOrNumbers(_key: string, each: unknown): unknown {
  if (each instanceof Uint8Array) return base64Of(each);
  return ArrayBuffer.isView(each) && !(each instanceof DataView) ? Array.from(each as Float64Array) : each;
}

/**
 * The same of a result. Its timeline has a few events for each task and is nearly all of it: those that hold nothing that has to be
 * escaped are put together from their members, and a time that many of them have is put into words once.
 */
export function resultJson({ timeline, ...result }: ExecutionResult): string {
  let [lastMs, lastText] = [Number.NaN, ''];
  const textOf = (time: Date): string => {
    const ms = time.getTime();
    if (ms !== lastMs) [lastMs, lastText] = [ms, time.toISOString()];
    return lastText;
  };
  const events: string[] = [];
  for (const event of timeline) events.push(eventJson(event, textOf(event.timestamp)));
  return `${toJson(result).slice(0, -1)},"timeline":[${events.join()}]}`;
}

/** What JSON writes otherwise than it is, and surrogates, which may stand alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const isEscaped = /["\\\u0000-\u001f\ud800-\udfff]/;

function eventJson({ id, type, taskId, description, data }: ExecutionEvent, timestamp: string): string {
  const isPlain = data === undefined || (Number.isInteger(data.attempt) && Object.keys(data).length === 1);
  if (!isPlain || isEscaped.test(description) || (taskId !== undefined && isEscaped.test(taskId)))
    return toJson({ id, type, taskId, description, timestamp, data });
  const task = taskId === undefined ? '' : `,"taskId":"${taskId}"`;
  const attempt = data === undefined ? '' : `,"data":{"attempt":${data.attempt}}`;
  return `{"id":"${id}","type":"${type}"${task},"description":"${description}","timestamp":"${timestamp}"${attempt}}`;
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
