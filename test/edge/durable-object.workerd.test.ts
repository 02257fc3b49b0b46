import { env } from 'cloudflare:workers';
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';

test('rows written in a Durable Object outlive its eviction', async () => {
  const stub = env.TEST_OBJECT.get(env.TEST_OBJECT.newUniqueId());
  await runInDurableObject(stub, (_, state) => {
    state.storage.sql.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY, word TEXT NOT NULL)');
    state.storage.sql.exec('INSERT INTO kept (word) VALUES (?)', 'thread');
  });
  await evictDurableObject(stub);
  const rows = await runInDurableObject(stub, (_, state) => state.storage.sql.exec('SELECT word FROM kept').toArray());
  expect(rows).toEqual([{ word: 'thread' }]);
});
