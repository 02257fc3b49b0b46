import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { openStores } from '../../src/adapters/node/open-stores.ts';
import { type OpenStores, storesContract } from '../contract/stores.contract.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-store-'));
  folders.push(folder);
  return folder;
}

async function inFile(folder: string): Promise<OpenStores> {
  const stores = await openStores(folder);
  return {
    ...stores,
    reopen: () => {
      stores.close();
      return inFile(folder);
    },
  };
}

storesContract('memory', () => openStores());
storesContract('SQLite file', () => inFile(newFolder()));

describe('a SQLite file that was changed', () => {
  const damages: readonly (readonly [string, string])[] = [
    [
      'a byte of a commit',
      "UPDATE commits SET bytes = CAST(replace(hex(bytes), '6', '7') AS BLOB) WHERE first_seq = 3",
    ],
    [
      'the order of two commits',
      'UPDATE commits SET bytes = (SELECT bytes FROM commits WHERE first_seq = 2) WHERE first_seq = 3',
    ],
    ['the first commit, gone', 'DELETE FROM commits WHERE first_seq = 1'],
    ['a commit in the middle, gone', 'DELETE FROM commits WHERE first_seq = 2'],
    ['the last commit, gone', 'DELETE FROM commits WHERE first_seq = 4'],
    ['a digest', "UPDATE commits SET digest = 'x' WHERE first_seq = 2"],
  ];
  test.each(damages)('I7 %s: CORRUPT', async (_, damage) => {
    const folder = newFolder();
    const { journal, close } = await openStores(folder);
    await journal.create({
      executionId: 'ex',
      programName: 'p',
      programDigest: 'd',
      program: { heddle: 1, name: 'p', nodes: { a: { module: 'm' } } },
      createdAtMs: 1,
    });
    const epoch = await journal.claim('ex');
    for (let seq = 1; seq <= 4; seq++) {
      await journal.commit({
        executionId: 'ex',
        epoch,
        entries: [{ type: 'Woke', seq, atMs: seq }],
        status: 'RUNNING',
        atMs: seq,
      });
    }
    close();
    const raw = new DatabaseSync(join(folder, 'heddle.sqlite'));
    raw.exec(damage);
    raw.close();
    const again = await openStores(folder);
    expect(() => again.journal.read('ex', 0)).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
    again.close();
  });
});
