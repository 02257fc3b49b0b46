import { evictDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { freshObject, insideObject } from './inside-object.ts';

class Words {
  readonly #sql: SqlStorage;

  constructor(state: DurableObjectState) {
    this.#sql = state.storage.sql;
    this.#sql.exec('CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY)');
  }

  add(word: string): void {
    this.#sql.exec('INSERT INTO words VALUES (?)', word);
  }

  all(): unknown[] {
    return this.#sql.exec('SELECT word FROM words').toArray();
  }
}

test('what is written inside a Durable Object outlives its eviction', async () => {
  const object = freshObject();
  const before = await insideObject((state) => new Words(state), object);
  await before.add('thread');
  await evictDurableObject(object);
  const after = await insideObject((state) => new Words(state), object);
  expect(await after.all()).toEqual([{ word: 'thread' }]);
});

test('a failure inside the object reaches the test', async () => {
  const words = await insideObject((state) => new Words(state));
  await words.add('thread');
  await expect(words.add('thread')).rejects.toThrow(/UNIQUE/);
});
