import { describe, expect, test } from 'vitest';
import { type ApiFetch, post } from './service.ts';

/** A chain of short tasks behind a wait, so that everybody is there before it begins to tell. */
const told = {
  heddle: 1,
  name: 'told',
  nodes: Object.fromEntries([
    ['n0', { waitFor: { event: 'go', timeoutMs: 600_000 } }],
    ...Array.from({ length: 40 }, (_, n) => [`n${n + 1}`, { module: 'test.wait', with: { ms: 2 }, needs: [`n${n}`] }]),
  ]),
};

/** The ids of the events of a stream, until it ends or so many have come. */
async function follow(fetch: ApiFetch, path: string, after: number, enough = Number.POSITIVE_INFINITY) {
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  if (after > 0) headers['last-event-id'] = String(after);
  const response = await fetch(path, { headers });
  expect(response.status).toBe(200);
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>)
    .pipeThrough(new TextDecoderStream())
    .getReader();
  const ids: number[] = [];
  let rest = '';
  for (let part = await reader.read(); !part.done && ids.length < enough; part = await reader.read()) {
    // Only whole events count: a connection may break anywhere.
    const frames = (rest + part.value).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const id = /^id: (\d+)$/m.exec(frame)?.[1];
      if (id !== undefined) ids.push(Number(id));
    }
  }
  await reader.cancel();
  return ids;
}

/** Every subscriber hears everything once, those too who are cut off and come back. */
export function subscribersContract(name: string, fetch: ApiFetch, subscribers: number, dropped: number): void {
  describe(`subscribers: ${name}`, () => {
    test(`${subscribers} of them and ${dropped} who are dropped and come back miss nothing and hear nothing twice`, {
      timeout: 600_000,
    }, async () => {
      const { body } = await post(fetch, '/v1/executions', { program: told });
      const path = `/v1/executions/${(body as { executionId: string }).executionId}`;
      const staying = Array.from({ length: subscribers }, () => follow(fetch, `${path}/events`, 0));
      const comingBack = Array.from({ length: dropped }, async (_, n) => {
        const heard: number[] = [];
        for (let times = 0; times < 1 + (n % 3); times++) {
          heard.push(...(await follow(fetch, `${path}/events`, heard.at(-1) ?? 0, 2 + ((n * 7 + times * 5) % 17))));
        }
        return [...heard, ...(await follow(fetch, `${path}/events`, heard.at(-1) ?? 0))];
      });
      await post(fetch, `${path}/signals/go`, {});
      const heard = await Promise.all([...staying, ...comingBack]);
      const { items } = (await (await fetch(`${path}/events`)).json()) as { items: readonly { id: string }[] };
      const all = items.map(({ id }) => Number(id));
      expect(all).toEqual(all.map((_, index) => index + 1));
      const wrong = heard.filter((ids) => ids.length !== all.length || ids.some((id, index) => id !== index + 1));
      expect(wrong).toEqual([]);
    });
  });
}
