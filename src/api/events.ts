import type { Context } from 'hono';
import { HeddleError } from '../errors.ts';
import type { ExecutionHandle } from '../host/execution-engine.ts';
import type { ExecutionEvent } from '../host/execution-view.ts';

const heartbeatMs = 15_000;
const pageMax = 1000;

/** The events of an execution: a stream for those who accept one, else a page of JSON. */
export async function events(c: Context, handle: ExecutionHandle): Promise<Response> {
  const after = readAfter(c.req.query('after') ?? c.req.header('last-event-id'));
  if (c.req.header('accept')?.includes('text/event-stream')) return stream(handle, after);
  const limit = Math.min(Number(c.req.query('limit') ?? pageMax) || pageMax, pageMax);
  const items = await handle.events(after, limit);
  const last = items.at(-1)?.id;
  return c.json({ items, ...(items.length === limit && last !== undefined && { next: last }) });
}

function readAfter(text: string | undefined): number {
  const after = Number(text ?? 0);
  if (Number.isInteger(after) && after >= 0) return after;
  throw new HeddleError({
    code: 'BAD_INPUT',
    message: `${JSON.stringify(text)} is not the id of an event`,
    path: 'after',
  });
}

/**
 * Server-sent events (WHATWG HTML §9.2), `id` being the id of the event, so that a client that comes back with
 * Last-Event-ID misses nothing and sees nothing twice. Cancelling the stream stops the watching.
 */
function stream(handle: ExecutionHandle, after: number): Response {
  const updates = handle.monitor(after)[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let heartbeat: ReturnType<typeof setInterval> | null = null;
  const stop = (): void => {
    if (heartbeat !== null) clearInterval(heartbeat);
    void updates.return?.();
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(': the events of an execution\n\n'));
      heartbeat = setInterval(() => controller.enqueue(encoder.encode(': still here\n\n')), heartbeatMs);
    },
    async pull(controller) {
      try {
        const { done, value } = await updates.next();
        if (!done) {
          const { lag, events } = value;
          // What a slow client made the reader skip is kept, and it is read only now: a stream leaves nothing out.
          const missed =
            lag === undefined ? [] : await handle.events(lag.skippedFrom - 1, lag.skippedTo - lag.skippedFrom + 1);
          controller.enqueue(encoder.encode([...missed, ...events].map(frame).join('')));
          return;
        }
        controller.close();
      } catch (thrown) {
        controller.error(thrown);
      }
      stop();
    },
    cancel: stop,
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
}

/** JSON has no line breaks of its own, so one data line is enough. */
function frame(event: ExecutionEvent): string {
  const id = event.id === 'live' ? '' : `id: ${event.id}\n`;
  return `${id}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
