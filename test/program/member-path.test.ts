import { expect, test } from 'vitest';
import { compileExpression } from '../../src/program/expression.ts';
import type { Scope } from '../../src/program/scope.ts';
import type { Value } from '../../src/program/value.ts';
import { SeededRandom } from '../../src/testing/seeded-random.ts';

const names = ['a', 'b', 'input', 'length'];
/** Of every object, and own members of none here. */
const inherited = ['constructor', 'toString'];

function randomValue(random: SeededRandom, depth: number): Value {
  const kind = random.int(0, depth > 3 ? 4 : 9);
  if (kind === 0) return null;
  if (kind === 1) return random.int(-3, 3);
  if (kind === 2) return 'text';
  if (kind === 3) return Float32Array.of(1, 2);
  if (kind === 4) return [randomValue(random, depth + 1)];
  return Object.fromEntries(
    names.flatMap((name) => (random.chance(0.6) ? [[name, randomValue(random, depth + 1)]] : [])),
  );
}

/** What comes of an expression: its value, or that it is refused. */
function outcome(source: string, scope: Scope): Value {
  try {
    return { value: compileExpression(source, 'p').evaluate(scope) };
  } catch {
    return 'refused';
  }
}

test('a path of members gives what CEL gives, over 5,000 random values and paths', () => {
  const random = new SeededRandom(1);
  let found = 0;
  for (let round = 0; round < 5000; round++) {
    const nodes = new Map<string, Value>([
      ['a', randomValue(random, 0)],
      ['b', randomValue(random, 0)],
    ]);
    const scope: Scope = { input: randomValue(random, 0), nodes, executionId: 'ex_1' };
    const path = [
      random.pick(['a', 'b', 'input']),
      ...Array.from({ length: random.int(0, 3) }, () => random.pick([...names, ...inherited])),
    ];
    const source = path.join('.');
    const direct = outcome(source, scope);
    expect(direct, source).toEqual(outcome(`[${source}][0]`, scope));
    if (direct !== 'refused') found++;
  }
  expect(found).toBeGreaterThan(1000);
});
