import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sampleFile, samples, samplesPresent } from '../formats/samples.ts';
import { diamond, documents, fileOf, folder, heddle } from './heddle.ts';

interface Verdict {
  readonly file: string;
  readonly ok: boolean;
  readonly errors: readonly {
    readonly code: string;
    readonly path?: string;
    readonly message: string;
    readonly hint?: string;
  }[];
}

function validate(...files: readonly string[]) {
  const { status, stdout, stderr } = heddle('validate', '--json', ...files);
  return { status, verdicts: documents(stdout) as readonly Verdict[], stderr };
}

describe('verdicts', () => {
  test('one a line, in the order of the files, and success only when all are good', () => {
    const good = fileOf(diamond);
    const bad = fileOf({
      heddle: 1,
      name: 'bad',
      nodes: { a: { module: 'sim.task', needs: ['ghost'] }, b: { module: 'sim.task', needs: ['b'] } },
    });
    const { status, verdicts, stderr } = validate(good, bad, good);
    expect(status).toBe(1);
    expect(verdicts.map(({ file, ok }) => [file, ok])).toEqual([
      [good, true],
      [bad, false],
      [good, true],
    ]);
    expect(verdicts[0]?.errors).toEqual([]);
    expect(verdicts[1]?.errors.map(({ code }) => code).sort()).toEqual(['SELF_LOOP', 'UNKNOWN_NODE']);
    expect(stderr).toContain('UNKNOWN_NODE');
    expect(validate(good, good).status).toBe(0);
  });

  test('every error has code, path and message', () => {
    const { verdicts } = validate(
      fileOf({
        heddle: 1,
        name: 'bad',
        nodes: { a: { module: 'sim.task', needs: ['ghost'] }, b: { module: 'sim.task', timeoutMs: -1 } },
      }),
    );
    for (const { code, path, message } of verdicts[0]?.errors ?? [])
      expect([typeof code, typeof path, typeof message]).toEqual(['string', 'string', 'string']);
    expect(verdicts[0]?.errors.length).toBeGreaterThanOrEqual(2);
  });

  test.runIf(samplesPresent)('recorded workflows are good programs', () => {
    const { status, verdicts } = validate(...samples.map(({ name }) => sampleFile(name)));
    expect([status, verdicts.filter(({ ok }) => ok).length]).toEqual([0, samples.length]);
  });

  test('a workflow whose tasks form a cycle is refused with the cycle', () => {
    const tasks = ['a', 'b', 'c'].map((id, index, ids) => ({
      id,
      name: id,
      parents: [ids[(index + 2) % 3]],
      children: [],
    }));
    const { status, verdicts } = validate(
      fileOf({ name: 'loop', schemaVersion: '1.5', workflow: { specification: { tasks } } }),
    );
    expect([status, verdicts[0]?.errors.map(({ code }) => code)]).toEqual([1, ['CYCLE']]);
  });
});

describe('files that are no programs get a typed error and never a stack trace', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  test.each<[string, string, () => string]>([
    ['a missing file', 'NOT_FOUND', () => join(folder(), 'missing.json')],
    [
      'a directory',
      'BAD_SYNTAX',
      () => {
        const path = join(folder(), 'directory');
        mkdirSync(path);
        return path;
      },
    ],
    ['an empty file', 'UNKNOWN_FORMAT', () => fileOf('')],
    ['a binary file', 'BAD_SYNTAX', () => fileOf(new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1]))],
    ['bytes that are not UTF-8', 'BAD_SYNTAX', () => fileOf(new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]))],
    ['half a JSON document', 'BAD_SYNTAX', () => fileOf('{"heddle": 1, ')],
    ['another JSON document', 'UNKNOWN_FORMAT', () => fileOf({ name: 'x', steps: [] })],
    ['prose', 'UNKNOWN_FORMAT', () => fileOf('once upon a time')],
    ['a deep list', 'LIMIT_EXCEEDED', () => fileOf(deep)],
    [
      'a deep program',
      'LIMIT_EXCEEDED',
      () => fileOf(`{"heddle":1,"name":"deep","nodes":{"a":{"module":"m","with":${deep}}}}`),
    ],
    ['a deep workflow', 'LIMIT_EXCEEDED', () => fileOf(`{"workflow":{"specification":{"tasks":${deep}}}}`)],
  ])('%s: %s', (_, code, make) => {
    const file = make();
    const { status, verdicts, stderr } = validate(file);
    expect(status).toBe(1);
    expect(verdicts).toMatchObject([{ file, ok: false, errors: [{ code }] }]);
    expect(stderr).toContain(code);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

test('without --json a line for people', () => {
  const file = fileOf(diamond);
  expect(heddle('validate', file)).toMatchObject({ status: 0, stdout: expect.stringContaining(`${file}`), stderr: '' });
});
