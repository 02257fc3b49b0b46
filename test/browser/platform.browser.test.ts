import { openDB } from 'idb';
import { expect, test } from 'vitest';

test('IndexedDB keeps what a strict transaction committed', async () => {
  const db = await openDB('platform', 1, { upgrade: (fresh) => void fresh.createObjectStore('kept') });
  await db.put('kept', new Uint8Array([1, 2, 3]), 'bytes');
  db.close();
  const again = await openDB('platform', 1);
  expect(await again.get('kept', 'bytes')).toEqual(new Uint8Array([1, 2, 3]));
  again.close();
});

test('a module Worker answers', async () => {
  const worker = new Worker(new URL('./doubling-worker.ts', import.meta.url), { type: 'module' });
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
  worker.postMessage(21);
  expect(await answer).toBe(42);
  worker.terminate();
});
