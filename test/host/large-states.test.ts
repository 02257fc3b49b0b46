import { expect, test } from 'vitest';
import type { Program, ProgramNode } from '../../src/program/program.ts';
import { createTestEngine } from '../../src/testing/test-engine.ts';

const module = { name: 'm', version: '1', run: () => 1 };

/** A chain: one event, and one commit, a task. */
function chain(length: number, more: Partial<Program> = {}, each: Partial<ProgramNode> = {}): Program {
  const nodes: Record<string, ProgramNode> = { n0: { module: 'm', with: null, ...each } };
  for (let at = 1; at < length; at++) nodes[`n${at}`] = { module: 'm', with: null, needs: [`n${at - 1}`], ...each };
  return { heddle: 1, name: 'chain', nodes, ...more };
}

async function checkpointSeqs(program: Program): Promise<readonly number[]> {
  const { engine, stores } = createTestEngine({ modules: [module] });
  const { executionId } = await engine.execute(program);
  return (await stores.journal.checkpoints(executionId)).map(({ seq }) => seq);
}

/** Each task runs three times: six events. */
const threeTimes = { repeat: { while: 'true', maxIterations: 3 } };

test('RC5 what the machine orders every 1,000 events is made at once for a small state', async () => {
  const [first, ...more] = await checkpointSeqs(chain(300, {}, threeTimes));
  // An end of an attempt and the question whether to repeat it share a turn.
  expect([first, more.length]).toEqual([1001, 0]);
});

test('RC5 and for a large one after twice as many events as it has tasks', async () => {
  const [first = 0, ...more] = await checkpointSeqs(chain(900, {}, threeTimes));
  expect(first).toBeGreaterThanOrEqual(1800);
  expect(first).toBeLessThan(1810);
  expect(more.length).toBeLessThan(2);
});

test('RC5 what the program or a user asks for is never put off', async () => {
  expect((await checkpointSeqs(chain(4000, { limits: { checkpoint: { events: 500 } } }))).length).toBeGreaterThan(6);
  const { engine, stores } = createTestEngine({ modules: [module] });
  const handle = await engine.start(chain(4000));
  const { id } = await engine.createCheckpoint(handle.id);
  expect((await stores.journal.checkpoint(id))?.seq).toBeLessThan(2000);
  expect((await handle.result()).status).toBe('COMPLETED');
});

test('RC5 one that was put off is made when the execution comes to rest', async () => {
  const { engine, stores } = createTestEngine({ modules: [module] });
  const program = chain(1100, {}, threeTimes);
  const nodes = { ...program.nodes, rest: { waitFor: { event: 'go' }, needs: ['n1099'] } };
  const { id } = await engine.start({ ...program, nodes });
  const told = async () => (await stores.journal.checkpoints(id)).at(-1)?.seq;
  await expect.poll(told).toBeGreaterThan(5500);
  const last = (await told()) ?? 0;
  expect((await stores.journal.read(id, last)).length).toBeLessThan(5);
});

test('RC5 what has come of many items is saved often: little is replayed, however many there are', async () => {
  const { engine, stores } = createTestEngine({ modules: [module] });
  const { executionId } = await engine.execute(
    {
      heddle: 1,
      name: 'items',
      nodes: { each: { module: 'm', with: null, forEach: { items: '${input}', maxParallel: 50 } } },
      outputs: {},
    },
    Array.from({ length: 20_000 }, () => 0),
  );
  const seqs = [0, ...(await stores.journal.checkpoints(executionId)).map(({ seq }) => seq)];
  expect(seqs.length).toBeGreaterThan(10);
  expect(Math.max(...seqs.slice(1).map((seq, at) => seq - (seqs[at] ?? 0)))).toBeLessThan(1200);
});
