import { describe, expect, test } from 'vitest';
import type { NewRecord, RecordStore } from '../../src/ports/record-store.ts';
import { encode } from '../../src/program/canonical.ts';
import { sha256Hex } from '../../src/program/digest.ts';
import type { Later } from './stores.contract.ts';

export interface OpenRecords {
  readonly records: Later<RecordStore>;
  /** The same data through a fresh connection; absent where nothing outlives the process. */
  readonly reopen?: () => Promise<OpenRecords>;
}

const record = (key: string, byte = 1, more: Partial<NewRecord> = {}): NewRecord => ({
  scope: 's',
  key,
  bytes: Uint8Array.of(byte),
  ...more,
});

/** What every record store must do (RS); run by each adapter on its real platform. */
export function recordStoreContract(name: string, open: () => Promise<OpenRecords>): void {
  const opened = async (): Promise<Later<RecordStore>> => (await open()).records;
  const keys = async (records: Later<RecordStore>, filter?: Parameters<RecordStore['list']>[1]) =>
    (await records.list('s', filter)).map(({ key }) => key);

  describe(`record store: ${name}`, () => {
    test('RS1 a record comes back as it was put, with version 1 and its expiry', async () => {
      const records = await opened();
      expect(await records.get('s', 'a')).toBeUndefined();
      expect(await records.put(record('a', 7), null)).toBe(true);
      expect(await records.get('s', 'a')).toEqual({ scope: 's', key: 'a', bytes: Uint8Array.of(7), version: 1 });
      await records.put(record('b', 8, { expiresAtMs: 5 }), null);
      expect(await records.get('s', 'b')).toEqual({
        ...{ scope: 's', key: 'b', bytes: Uint8Array.of(8) },
        ...{ version: 1, expiresAtMs: 5 },
      });
    });

    test('RS2 null: it must not exist; a number: it must have that version; else nothing changes', async () => {
      const records = await opened();
      expect(await records.put(record('a', 1), 1)).toBe(false);
      expect(await records.get('s', 'a')).toBeUndefined();
      expect(await records.put(record('a', 1), null)).toBe(true);
      expect(await records.put(record('a', 2), null)).toBe(false);
      expect(await records.put(record('a', 2), 2)).toBe(false);
      expect(await records.put(record('a', 2), 0)).toBe(false);
      expect(await records.get('s', 'a')).toMatchObject({ bytes: Uint8Array.of(1), version: 1 });
      expect(await records.put(record('a', 2), 1)).toBe(true);
      expect(await records.put(record('a', 3), 1)).toBe(false);
      expect(await records.get('s', 'a')).toMatchObject({ bytes: Uint8Array.of(2), version: 2 });
    });

    test('RS3 a put replaces the whole record: shorter bytes, and no expiry left over', async () => {
      const records = await opened();
      await records.put(record('a', 1, { bytes: new Uint8Array(3 * 2 ** 20).fill(9), expiresAtMs: 5 }), null);
      await records.put(record('a', 2), 1);
      expect(await records.get('s', 'a')).toEqual({ ...record('a', 2), version: 2 });
      expect(await records.sweep(100)).toBe(0);
    });

    test('RS4 delete says whether there was something; with a version only that one goes', async () => {
      const records = await opened();
      expect(await records.delete('s', 'a')).toBe(false);
      await records.put(record('a'), null);
      await records.put(record('b'), null);
      await records.put(record('b'), 1);
      expect(await records.delete('s', 'b', 1)).toBe(false);
      expect(await keys(records)).toEqual(['a', 'b']);
      expect(await records.delete('s', 'b', 2)).toBe(true);
      expect(await records.delete('s', 'a')).toBe(true);
      expect(await keys(records)).toEqual([]);
      expect(await records.put(record('a'), null)).toBe(true);
      expect(await records.get('s', 'a')).toMatchObject({ version: 1 });
    });

    test('RS5 a list rises by code points, keeps to its scope, prefix, limit and mark', async () => {
      const records = await opened();
      for (const key of ['b', 'a/2', '\u{1f40b}', 'a/10', 'a/1', '\uffee', 'a', 'a0', 'a/\u{10ffff}'])
        await records.put(record(key), null);
      await records.put(record('a/3', 1, { scope: 't' }), null);
      const all = ['a', 'a/1', 'a/10', 'a/2', 'a/\u{10ffff}', 'a0', 'b', '\uffee', '\u{1f40b}'];
      expect(await keys(records)).toEqual(all);
      expect(await keys(records, { prefix: 'a/' })).toEqual(['a/1', 'a/10', 'a/2', 'a/\u{10ffff}']);
      expect(await keys(records, { prefix: 'a/', limit: 2 })).toEqual(['a/1', 'a/10']);
      expect(await keys(records, { prefix: 'a/', limit: 2, after: 'a/10' })).toEqual(['a/2', 'a/\u{10ffff}']);
      expect(await keys(records, { after: 'a0' })).toEqual(['b', '\uffee', '\u{1f40b}']);
      expect(await keys(records, { prefix: 'b', after: 'a' })).toEqual(['b']);
      expect(await keys(records, { prefix: 'a', after: 'z' })).toEqual([]);
      expect(await keys(records, { prefix: '%' })).toEqual([]);
      expect(await keys(records, { limit: 0 })).toEqual([]);
      expect(await records.list('nowhere')).toEqual([]);
    });

    test('RS6 a list gives at most 100 records unless told, and pages through all by its marks', async () => {
      const records = await opened();
      const names = Array.from({ length: 130 }, (_, n) => `k${String(n).padStart(3, '0')}`);
      for (const key of names) await records.put(record(key), null);
      expect((await keys(records)).length).toBe(100);
      const paged: string[] = [];
      for (;;) {
        const after = paged.at(-1);
        const page = await keys(records, { limit: 40, ...(after !== undefined && { after }) });
        if (page.length === 0) break;
        paged.push(...page);
      }
      expect(paged).toEqual(names);
    });

    test('RS7 the store knows no clock: what has expired is there until it is swept', async () => {
      const records = await opened();
      await records.put(record('old', 1, { expiresAtMs: 10 }), null);
      await records.put(record('older', 1, { expiresAtMs: 9, scope: 't', bytes: new Uint8Array(3 * 2 ** 20) }), null);
      await records.put(record('young', 1, { expiresAtMs: 11 }), null);
      await records.put(record('for ever'), null);
      expect(await records.sweep(8)).toBe(0);
      expect(await records.get('s', 'old')).toBeDefined();
      expect(await records.sweep(10)).toBe(2);
      expect(await records.get('s', 'old')).toBeUndefined();
      expect(await records.get('t', 'older')).toBeUndefined();
      expect(await keys(records)).toEqual(['for ever', 'young']);
      expect(await records.sweep(10)).toBe(0);
    });

    test('RS8 records of no bytes, of more than a row and of 5 MB, beside one another', {
      timeout: 60_000,
    }, async () => {
      const records = await opened();
      const sizes = { a: 0, b: 5_000_000, c: 2 ** 20, d: 2 ** 20 + 1 };
      const bytes = (length: number) => new Uint8Array(length).map((_, index) => (index * 31) % 251);
      for (const [key, size] of Object.entries(sizes)) {
        expect(await records.put(record(key, 0, { bytes: bytes(size) }), null)).toBe(true);
        expect(await records.put(record(key, 0, { bytes: bytes(size) }), 1)).toBe(true);
      }
      const found = await records.list('s');
      expect(found.map((each) => [each.key, each.version, sha256Hex(each.bytes)])).toEqual(
        Object.entries(sizes).map(([key, size]) => [key, 2, sha256Hex(bytes(size))]),
      );
      expect((await records.get('s', 'b'))?.bytes.byteLength).toBe(5_000_000);
      expect(await records.delete('s', 'b')).toBe(true);
      expect(await keys(records)).toEqual(['a', 'c', 'd']);
    });

    test('RS9 of a hundred that set the same version at once exactly one wins, each time', {
      timeout: 60_000,
    }, async () => {
      const records = await opened();
      for (const expected of [null, 1, 2, 3]) {
        const writers = Array.from({ length: 100 }, (_, n) => n);
        const wins = await Promise.all(writers.map(async (n) => records.put(record('a', n), expected)));
        expect(wins.filter((won) => won).length).toBe(1);
        const stored = await records.get('s', 'a');
        expect(stored).toMatchObject({ version: (expected ?? 0) + 1, bytes: Uint8Array.of(wins.indexOf(true)) });
      }
    });

    test('RS10 no increment is lost when twenty count at once', { timeout: 60_000 }, async () => {
      const records = await opened();
      const increment = async (): Promise<void> => {
        for (;;) {
          const current = await records.get('s', 'n');
          const count = (current?.bytes[0] ?? 0) + 1;
          if (await records.put(record('n', count), current?.version ?? null)) return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, increment));
      expect(await records.get('s', 'n')).toMatchObject({ version: 20, bytes: Uint8Array.of(20) });
    });

    test('RS11 scopes and keys may be any text, but for half a surrogate pair', async () => {
      const records = await opened();
      const texts = [
        '',
        '__proto__',
        'constructor',
        "a'; DROP TABLE records; --",
        '鯨/🐋%_',
        ' ',
        'a\u0000b',
        'a\u0000',
      ];
      for (const text of texts) {
        expect(await records.put(record(text, 3, { scope: `scope ${text.replaceAll('\u0000', '0')}` }), null)).toBe(
          true,
        );
        expect(await records.put(record(text), null)).toBe(true);
      }
      expect([...(await keys(records))].sort()).toEqual([...texts].sort());
      expect(await records.get('scope __proto__', '__proto__')).toMatchObject({ bytes: Uint8Array.of(3) });
      await expect((async () => records.put(record('\ud83d'), null))()).rejects.toMatchObject({ code: 'BAD_INPUT' });
    });

    test('RS12 what was acknowledged is there after opening again, and goes on from its version', async () => {
      const first = await open();
      if (first.reopen === undefined) return;
      await first.records.put(record('a', 1, { expiresAtMs: 50 }), null);
      await first.records.put(record('a', 2, { expiresAtMs: 60 }), 1);
      const { records } = await first.reopen();
      expect(await records.get('s', 'a')).toEqual({ ...record('a', 2, { expiresAtMs: 60 }), version: 2 });
      expect(await records.put(record('a', 3), 1)).toBe(false);
      expect(await records.put(record('a', 3), 2)).toBe(true);
    });

    test('RS13 bytes changed after they were put, or after they were got, change nothing stored', async () => {
      const records = await opened();
      const bytes = Uint8Array.of(1, 2, 3);
      await records.put(record('a', 0, { bytes }), null);
      bytes.fill(9);
      const got = await records.get('s', 'a');
      expect([...(got?.bytes ?? [])]).toEqual([1, 2, 3]);
      got?.bytes.fill(7);
      expect([...((await records.get('s', 'a'))?.bytes ?? [])]).toEqual([1, 2, 3]);
    });

    test('RS14 fifty who count at once all count, and counts are a record like any other', async () => {
      const records = await opened();
      const told = await Promise.all(Array.from({ length: 50 }, () => records.count('s', 'a', { n: 1, by3: 3 })));
      expect(told.map(({ n }) => n).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(told.map((_, index) => index + 1));
      expect(await records.count('s', 'a', { n: -20, other: 0 })).toEqual({ n: 30, by3: 150, other: 0 });
      const stored = await records.get('s', 'a');
      expect(stored).toEqual({ ...record('a', 0, { bytes: encode({ n: 30, by3: 150, other: 0 }) }), version: 51 });
      expect(await records.put(record('a', 1, { bytes: encode({ n: 7 }), expiresAtMs: 5 }), 51)).toBe(true);
      expect(await records.count('s', 'a', { n: 1 })).toEqual({ n: 8 });
      expect(await records.get('s', 'a')).toEqual({ ...record('a', 0, { bytes: encode({ n: 8 }) }), version: 53 });
    });

    test('RS16 the first by key are erased, of that scope and prefix, where the store has a way of its own', async () => {
      const records = await opened();
      for (const key of ['p/3', 'p/1', 'q/1', 'p/2', 'o/1']) await records.put(record(key), null);
      await records.put(record('p/0', 1, { bytes: new Uint8Array(3_000_000) }), null);
      await records.put({ ...record('p/1'), scope: 'other' }, null);
      if (records.deleteFirst === undefined) return;
      expect(await records.deleteFirst('s', 'p/', 0)).toBe(0);
      expect(await records.deleteFirst('s', 'p/', 2)).toBe(2);
      expect(await keys(records)).toEqual(['o/1', 'p/2', 'p/3', 'q/1']);
      expect(await records.deleteFirst('s', 'p/', 5)).toBe(2);
      expect(await keys(records)).toEqual(['o/1', 'q/1']);
      expect(await records.get('other', 'p/1')).toBeDefined();
      expect(await records.deleteFirst('s', '', 1)).toBe(1);
      expect(await keys(records)).toEqual(['q/1']);
    });

    test('RS15 what holds no counts is not counted in, and stays', async () => {
      const records = await opened();
      await records.put(record('a', 0xff), null);
      await expect(Promise.resolve().then(() => records.count('s', 'a', { n: 1 }))).rejects.toMatchObject({
        code: 'CORRUPT',
      });
      expect(await records.get('s', 'a')).toMatchObject({ bytes: Uint8Array.of(0xff), version: 1 });
    });

    test('RS16 what is put and counted in one step is counted once, and only when it was put', async () => {
      const records = await opened();
      const { putCounted } = records;
      if (putCounted === undefined) return;
      const counts = { scope: 'counts', key: 'n', changes: { n: 1, other: 2 } };
      const put = (key: string) => Reflect.apply(putCounted, records, [record(key, 3), counts]);
      expect(await put('a')).toEqual({ n: 1, other: 2 });
      expect(await put('a')).toBeUndefined();
      expect(await put('b')).toEqual({ n: 2, other: 4 });
      expect(await records.get('s', 'a')).toEqual({ ...record('a', 3), version: 1 });
      expect(await records.count('counts', 'n', { n: 1 })).toEqual({ n: 3, other: 4 });
    });
  });
}
