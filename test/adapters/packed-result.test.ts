import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packEvents, unpackEvents } from '../../src/adapters/browser/packed-events.ts';
import { packResult, unpackResult } from '../../src/adapters/browser/packed-result.ts';
import { executionEventTypes } from '../../src/engine/command.ts';
import { viewEvent, viewNote } from '../../src/host/view/execution-view.ts';
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
  ['a long one, in columns', Array.from({ length: 300 }, (_, n) => n), true],
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

test('a timeline that holds bytes comes with them', async () => {
  const engine = await createEngine({ modules: [half] });
  const result = await engine.execute(program, { items: Array.from({ length: 300 }, (_, n) => n) });
  const chunk = { ...result.timeline[1], type: 'TASK_OUTPUT', data: { chunk: Uint8Array.of(1, 2) } };
  const held = { ...result, timeline: [...result.timeline, chunk] } as typeof result;
  expect(unpackResult(structuredClone(packResult(held)))).toEqual(held);
  await engine.close();
});

const fact = fc.record(
  {
    type: fc.constantFrom(...executionEventTypes),
    atMs: fc.integer({ min: 0, max: 2e12 }),
    taskId: fc.constantFrom('a', 'b[1]', 'odd\nid', '__proto__', ''),
    attempt: fc.integer({ min: 1, max: 9 }),
    reason: fc.constantFrom('it was tired', ''),
    dueAtMs: fc.nat(),
    error: fc.constant({ code: 'TIMEOUT', message: 'too late' }),
    checkpointId: fc.constant('cp_1'),
    resources: fc.constant({ cpu_cores: 1 }),
  },
  { requiredKeys: ['type', 'atMs'] },
);

test('whatever events tell comes to another thread, in their order', () => {
  const note = { kind: 'progress', taskId: 'a', attempt: 1, fraction: 0.5 } as const;
  fc.assert(
    fc.property(fc.array(fact), fc.integer({ min: 1, max: 1e6 }), fc.nat(), (facts, firstId, live) => {
      const events = facts.map((told, index) => viewEvent({ id: firstId + index, ...told }));
      expect(unpackEvents(structuredClone(packEvents(events)))).toEqual(events);
      const mixed = events.toSpliced(live % (events.length + 1), 0, viewNote(note, 1) as (typeof events)[number]);
      expect(unpackEvents(structuredClone(packEvents(mixed)))).toEqual(mixed);
    }),
    { numRuns: 500 },
  );
});
