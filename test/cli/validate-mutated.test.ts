import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formats, readFormat } from '../../src/formats/index.ts';
import { parseDocument } from '../../src/program/parse.ts';
import { mutated } from '../formats/mutate.ts';
import { oneOfEach } from '../formats/one-of-each.ts';
import { documents, folder, heddle } from './heddle.ts';

const shared = new URL('../../../shared/data/', import.meta.url).pathname;
const samples = [
  'wfinstances/helloworld-forkjoin-10-chameleon.json',
  'workplans/higher-order.plan.json',
  'pipelines/comprehensive_test_workflow.yaml',
  'pipelines/nested_processor.yaml',
].filter((file) => existsSync(shared + file));

/** Problems of a whole text, which have no place in a document: they tell line and column instead, or what was found. */
const ofTheText = ['BAD_SYNTAX', 'UNKNOWN_FORMAT'];

interface Verdict {
  readonly ok: boolean;
  readonly errors: readonly { readonly code: string; readonly path?: string; readonly message: string }[];
}

test('there is a small program of every format, and each is read as its own', () => {
  expect(Object.keys(oneOfEach).sort()).toEqual(formats.map(({ name }) => name).sort());
  for (const [name, document] of Object.entries(oneOfEach)) {
    expect(formats.filter((format) => format.recognises(document)).map((format) => format.name)).toEqual([name]);
    expect(readFormat(JSON.stringify(document)).format).toBe(name);
  }
});

test('500 damaged files of all formats: each is accepted, or refused with a place', { timeout: 60_000 }, () => {
  const sources = [
    ...Object.values(oneOfEach).map((document) => JSON.stringify(document, null, 1)),
    ...samples.map((file) => readFileSync(shared + file, 'utf8')),
  ].map((text) => ({ text, document: parseDocument(text) }));
  const directory = folder();
  const files = Array.from({ length: 500 }, (_, seed) => {
    const { text = '', document } = sources[seed % sources.length] ?? {};
    const file = join(directory, `${seed}.json`);
    writeFileSync(file, mutated(text, document, seed));
    return file;
  });
  const { status, stdout, stderr } = heddle('validate', '--json', ...files);
  expect(status).toBe(1);
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  const verdicts = documents(stdout) as readonly Verdict[];
  expect(verdicts).toHaveLength(files.length);
  const placeless = verdicts.flatMap(({ ok, errors }, seed): unknown[] => {
    if (ok) return errors.map((error) => [seed, error]);
    if (errors.length === 0) return [[seed, 'refused without an error']];
    return errors
      .filter(
        ({ code, path, message }) =>
          code === 'INVARIANT' || message === '' || ((path ?? '') === '' && !ofTheText.includes(code)),
      )
      .map((error) => [seed, error]);
  });
  expect(placeless).toEqual([]);
  const accepted = verdicts.filter(({ ok }) => ok).length;
  // Damage that is none (a name, a summary) and damage that is told: both have to be among them.
  expect(accepted).toBeGreaterThan(25);
  expect(accepted).toBeLessThan(400);
});
