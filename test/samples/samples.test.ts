import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encode } from '../../src/program/canonical.ts';
import { sha256Hex } from '../../src/program/digest.ts';
import type { Value } from '../../src/program/value.ts';
import { sampleModules, samples } from '../../src/samples/index.ts';
import { testEngine } from './run-sample.ts';

const programOf = (name: string): string => samples.find((sample) => sample.name === name)?.program ?? '';

describe('question answering over the whole book', () => {
  test.each([
    [
      "What was Queequeg's coffin used for?",
      /he now used his coffin for a sea-chest/,
      'CHAPTER 110. Queequeg in His Coffin.',
    ],
    [
      'What gold coin did Ahab nail to the mast?',
      /the act of nailing the gold to the mast/,
      'CHAPTER 36. The Quarter-Deck.',
    ],
    [
      'Which whale took the leg of Captain Ahab?',
      /was not Moby Dick that took off thy leg/,
      'CHAPTER 36. The Quarter-Deck.',
    ],
    [
      'Why is the whiteness of the whale terrible?',
      /This elusive quality it is/,
      'CHAPTER 42. The Whiteness of The Whale.',
    ],
  ])('%s', { timeout: 30_000 }, async (question, quotation, chapter) => {
    const engine = await testEngine(sampleModules);
    const { status, result, metrics } = await engine.execute(programOf('question-answering'), { question });
    expect(status).toBe('COMPLETED');
    expect(result).toMatchObject({ quotation: expect.stringMatching(quotation), chapter });
    expect(metrics.tasksExecuted).toBe(105);
  });
});

describe('the image program', () => {
  const picture = '1726cc1509247aaf036c64a20dbdd91b39a9b1e7e34ac80ec2c3e59ffe84b688';
  const expected = { parts: 6, core: 109.4897232055664, thick: 92.76313781738281, picture };

  test.each([
    ['in memory', false],
    ['in a SQLite file, large values as artifacts', true],
  ])('%s', { timeout: 60_000 }, async (_, durable) => {
    const directory = durable ? mkdtempSync(join(tmpdir(), 'heddle-')) : undefined;
    const engine = await testEngine(sampleModules, directory);
    const { result, status } = await engine.execute(programOf('image'), { size: 1024 });
    expect(status).toBe('COMPLETED');
    const { picture, ...figures } = result as { picture: Value; parts: number; core: number; thick: number };
    expect({ ...figures, picture: sha256Hex(encode(picture)) }).toEqual(expected);
    if (directory !== undefined) rmSync(directory, { recursive: true });
  });
});
