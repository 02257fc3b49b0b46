import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openStores } from '../../src/adapters/node/open-stores.ts';
import { openSqlite } from '../../src/adapters/node/sqlite-database.ts';
import { migrate } from '../../src/adapters/sql/migrations.ts';
import { SqlRecordStore } from '../../src/adapters/sql/sql-record-store.ts';
import { compareBytes, endOfPrefix, keyBytes } from '../../src/ports/record-key.ts';
import { type OpenRecords, recordStoreContract } from '../contract/record-store.contract.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-records-'));
  folders.push(folder);
  return folder;
}

async function inFile(folder: string): Promise<OpenRecords> {
  const { records, close } = await openStores(folder);
  return {
    records,
    reopen: () => {
      close();
      return inFile(folder);
    },
  };
}

recordStoreContract('memory', () => openStores());
recordStoreContract('SQLite file', () => inFile(newFolder()));

describe('a SQLite file', () => {
  const bytes = new Uint8Array(2 ** 20 + 5).fill(3);

  test.each([
    ['a byte', "UPDATE records SET bytes = x'00' WHERE part = 1"],
    ['a part, gone', 'DELETE FROM records WHERE part = 1'],
    ['the number of parts', 'UPDATE records SET parts = 1'],
  ])('RS14 a record of which %s was changed is CORRUPT', async (_, damage) => {
    const folder = newFolder();
    const { records, close } = await openStores(folder);
    await records.put({ scope: 's', key: 'a', bytes }, null);
    close();
    const raw = new DatabaseSync(join(folder, 'heddle.sqlite'));
    raw.exec(damage);
    raw.close();
    const again = await openStores(folder);
    expect(() => again.records.get('s', 'a')).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
    again.close();
  });

  test('RS15 two connections to one file compare and set against each other', async () => {
    const folder = newFolder();
    const [one, two] = [await openStores(folder), await openStores(folder)];
    expect(one.records.put({ scope: 's', key: 'a', bytes: Uint8Array.of(1) }, null)).toBe(true);
    expect(two.records.put({ scope: 's', key: 'a', bytes: Uint8Array.of(2) }, null)).toBe(false);
    expect(two.records.put({ scope: 's', key: 'a', bytes: Uint8Array.of(2) }, 1)).toBe(true);
    expect(one.records.get('s', 'a')).toMatchObject({ version: 2, bytes: Uint8Array.of(2) });
    one.close();
    two.close();
  });

  test('a file of the first schema is brought to the newest and keeps what it has', async () => {
    const file = join(newFolder(), 'heddle.sqlite');
    const first = await openSqlite(file);
    migrate(first);
    first.exec("INSERT INTO artifacts VALUES ('ex', 'd', 0, 1, x'0102')");
    // As it was before there were records.
    for (const table of ['records', 'programs']) first.exec(`DROP TABLE ${table}`);
    first.exec('ALTER TABLE executions DROP COLUMN seal');
    first.exec('DELETE FROM migrations WHERE step > 1');
    first.close();
    const second = await openSqlite(file);
    migrate(second);
    expect(second.exec('SELECT COUNT(*) AS n FROM artifacts')).toEqual([{ n: 1 }]);
    expect(second.exec('SELECT step FROM migrations ORDER BY step')).toEqual([{ step: 1 }, { step: 2 }, { step: 3 }]);
    const records = new SqlRecordStore(second);
    expect(records.put({ scope: 's', key: 'a', bytes: Uint8Array.of(1) }, null)).toBe(true);
    second.close();
  });
});

describe('keys as bytes', () => {
  const text = fc.string({ unit: 'binary' });
  const codePoints = (a: string, b: string): number => {
    const [left, right] = [[...a], [...b]].map((each) => each.map((char) => char.codePointAt(0) ?? 0));
    const at = (left ?? []).findIndex((point, index) => point !== right?.[index]);
    if (at < 0) return (left?.length ?? 0) - (right?.length ?? 0);
    return (left?.[at] ?? 0) - (right?.[at] ?? -1);
  };

  test('order as code points do', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareBytes(keyBytes(a), keyBytes(b)))).toBe(Math.sign(codePoints(a, b)));
      }),
    );
  });

  test('the end of a prefix is above all that begins with it, and not above anything else that is above it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), text, text, (prefix, rest, other) => {
        const end = endOfPrefix(keyBytes(prefix));
        if (end === undefined) throw new Error('there is a prefix');
        expect(compareBytes(keyBytes(prefix + rest), end)).toBeLessThan(0);
        const within = compareBytes(keyBytes(other), keyBytes(prefix)) >= 0 && compareBytes(keyBytes(other), end) < 0;
        expect(within).toBe(other.startsWith(prefix));
      }),
    );
  });
});
