import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { holds } from '../../../src/formats/pipeline/condition.ts';
import type { Data } from '../../../src/formats/pipeline/data.ts';
import type { Value } from '../../../src/program/value.ts';

const file = new URL('../../../../shared/data/pipelines/condition-cases.json', import.meta.url).pathname;
const present = existsSync(file);
if (!present) console.warn(`skipped: condition cases, because ${file} is absent`);

interface Case {
  readonly condition: Value;
  readonly expected: boolean;
}
const { cases = [], shared_context: context = {} }: { cases?: readonly Case[]; shared_context?: Data } = present
  ? JSON.parse(readFileSync(file, 'utf8'))
  : {};

describe.skipIf(!present)('the cases of pipeline_ex', () => {
  test('are 72', () => expect(cases).toHaveLength(72));
  test.each(cases.map(({ condition, expected }) => [JSON.stringify(condition), condition, expected] as const))(
    '%s',
    (_, condition, expected) => expect(holds(condition, context)).toBe(expected),
  );
});

describe('beyond them', () => {
  const results: Data = {
    a: {
      score: 8,
      name: 'Report.md',
      tags: ['x', 'y'],
      at: '2020-01-01T00:00:00Z',
      issues: [{ severity: 'high' }, { severity: 'low' }],
    },
  };
  test.each<[Value, boolean]>([
    ['a.score * 2 + 1 == 17', true],
    ['a.score between 5 and 10', true],
    ['a.score / 0 == 0', true],
    ['length(a.tags) >= 2', true],
    ['any(a.issues, \'severity == "high"\') == true', true],
    ['all(a.issues, "severity == \'high\'")', false],
    ['count(a.issues, \'severity == "low"\') == 1', true],
    ["endsWith(toLowerCase(a.name), '.md')", true],
    ['a.at < now() - days(7)', true],
    ['max(a.score, 3) == 8', true],
    ['isEmpty(a.nothing)', true],
    ['steps.a.score > 1', false],
    ['', false],
    ['a.score >', false],
    ['((((', false],
    ['0', true],
    [{ unknown: 1 }, false],
    ['__proto__.x', false],
    ['constructor', false],
  ])('%j is %s', (condition, expected) => expect(holds(condition, results)).toBe(expected));
});
