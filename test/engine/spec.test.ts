import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../..', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** `CT2` of `- **CT2** ...`. */
const rules = [...read('src/engine/SPEC.md').matchAll(/^- \*\*([A-Z]{2}\d+)\*\* /gm)].map(([, rule = '']) => rule);

test('rules are numbered once each, without a gap', () => {
  expect(rules.length).toBeGreaterThan(60);
  const groups = Map.groupBy(rules, (rule) => rule.slice(0, 2));
  for (const [group, members] of groups) expect(members).toEqual(members.map((_, index) => `${group}${index + 1}`));
});

test('every rule is cited by the name of a test', () => {
  const files = readdirSync(new URL('test', root), { recursive: true, encoding: 'utf8' });
  const names = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...read(`test/${file}`).matchAll(/(?:test|describe)(?:\.\w+\([^)]*\))?\(\s*[`'"](.*)/g)])
    .map(([, name = '']) => name);
  const cited = new Set(
    names.flatMap((name) => /^((?:[A-Z]{2}\d+,? ?)+)/.exec(name)?.[1]?.match(/[A-Z]{2}\d+/g) ?? []),
  );
  expect(rules.filter((rule) => !cited.has(rule))).toEqual([]);
});
