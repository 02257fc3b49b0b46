import { expect, test } from 'vitest';
import { packResult, unpackResult } from '../../src/adapters/browser/packed-result.ts';
import { createEngine, defineModule } from '../../src/index.ts';

const half = defineModule<{ readonly n: number }, { readonly half: number }>({
  name: 'half',
  version: '1',
  run({ n }) {
    if (n % 50 === 49) throw new Error(`${n} is odd`);
    return { half: n / 2 };
  },
});

const program = {
  heddle: 1,
  name: 'halves',
  nodes: {
    each: {
      module: 'half',
      forEach: { items: '${input.items}', tolerance: 'tolerant' },
      with: { n: '${item}' },
      retry: { attempts: 2, delayMs: 0 },
    },
  },
};

test.each([
  ['a short one, as it is', [1, 2, 3], false],
  ['a long one, as a text', Array.from({ length: 300 }, (_, n) => n), true],
])('the timeline of a result comes to another thread: %s', async (_, items, isPacked) => {
  const engine = await createEngine({ modules: [half] });
  const result = await engine.execute(program, { items });
  const sent = structuredClone(packResult(result));
  expect('packedTimeline' in sent).toBe(isPacked);
  const got = unpackResult(sent);
  expect(got.timeline).toEqual(result.timeline);
  expect(got.timeline).toBe(got.timeline);
  expect({ ...got }).toEqual({ ...result });
  await engine.close();
});

test('a timeline that holds bytes is sent as it is', async () => {
  const engine = await createEngine({ modules: [half] });
  const result = await engine.execute(program, { items: Array.from({ length: 300 }, (_, n) => n) });
  const chunk = { ...result.timeline[1], type: 'TASK_OUTPUT', data: { chunk: Uint8Array.of(1, 2) } };
  const held = { ...result, timeline: [...result.timeline, chunk] } as typeof result;
  expect(unpackResult(structuredClone(packResult(held)))).toEqual(held);
  await engine.close();
});
