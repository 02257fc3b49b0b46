import { expect, test } from 'vitest';
import { type CountedRecord, ProgramPost } from '../../src/adapters/edge/program-post.ts';
import type { ExecutionSummary } from '../../src/ports/journal-store.ts';

const counted = (key: string): CountedRecord => ({
  record: { scope: 'history', key, bytes: Uint8Array.of(1) },
  counts: { scope: 'history-counts', key: 'p', changes: { kept: 1 } },
});
const ended = { executionId: 'ex', status: 'COMPLETED' } as ExecutionSummary;

/** A program that stores what it is told; `bad` cannot be stored. */
function opened(reachable = true) {
  const messages: string[] = [];
  const post = new ProgramPost((program) => ({
    async noteExecutions(executions, records) {
      const keys = records.map(({ record }) => record.key).join();
      messages.push(`${program}: ${executions.length} [${keys}]`);
      if (!reachable) throw new Error('gone');
      return {
        value: records.map(({ record }) =>
          record.key === 'bad' ? { error: { code: 'CORRUPT', message: 'bad' } } : { value: { kept: 1 } },
        ),
      };
    },
  }));
  return { messages, post };
}

test('what an execution took goes with the news of its end, and with that of no other program', async () => {
  const { messages, post } = opened();
  const stored = post.putCounted('p', counted('a'));
  await post.note('other', [ended]);
  await post.note('p', [ended]);
  expect(await stored).toEqual({ kept: 1 });
  expect(messages).toEqual(['other: 1 []', 'p: 1 [a]']);
});

test('it goes alone when there is no such news', async () => {
  const { messages, post } = opened();
  expect(await Promise.all([post.putCounted('p', counted('a')), post.putCounted('q', counted('b'))])).toHaveLength(2);
  expect(messages).toEqual(['p: 0 [a]', 'q: 0 [b]']);
});

test('what cannot be stored fails by itself; what cannot be sent fails with the message', async () => {
  const { post } = opened();
  const bad = expect(post.putCounted('p', counted('bad'))).rejects.toMatchObject({ code: 'CORRUPT' });
  const good = expect(post.putCounted('p', counted('good'))).resolves.toEqual({ kept: 1 });
  await post.note('p', [ended]);
  await Promise.all([bad, good]);
  const away = opened(false);
  const lost = expect(away.post.putCounted('p', counted('a'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  await expect(away.post.note('p', [ended])).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  await lost;
  expect(away.messages).toHaveLength(3);
});
