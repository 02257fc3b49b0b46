import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineModule } from '../../src/index.ts';
import type { Program, ProgramNode } from '../../src/program/program.ts';
import { createTestEngine, drive, FakeClock } from '../../src/testing.ts';

/** Nodes that take so long and need some of those before them. */
const programs = fc
  .array(fc.record({ ms: fc.integer({ min: 1, max: 50 }), needs: fc.array(fc.nat(100), { maxLength: 2 }) }), {
    minLength: 4,
    maxLength: 10,
  })
  .map((nodes): Program => {
    const entries = nodes.map(({ ms, needs }, index): [string, ProgramNode] => {
      const before = index === 0 ? [] : needs.map((need) => `n${need % index}`);
      return [`n${index}`, { module: 'takes', with: { ms }, timeoutMs: 90_000, needs: [...new Set(before)] }];
    });
    return {
      heddle: 1,
      name: 'p',
      strategy: 'optimized',
      limits: { concurrency: 8 },
      nodes: Object.fromEntries(entries),
    };
  });

function engineWith(program: Program, slots: number) {
  const clock = new FakeClock();
  const takes = defineModule<{ ms: number }, number>({
    name: 'takes',
    version: '1',
    run: async ({ ms }) => {
      await clock.sleep(ms);
      return ms;
    },
  });
  const { engine } = createTestEngine({ modules: [takes], clock, slots, programs: { p: program } });
  // A proposal foretells what the program gains by itself; an order searched for at the start may gain more.
  const options = { searchBudgetMs: 0 };
  return {
    engine,
    runMs: async () => (await drive(clock, engine.execute(program, {}, options))).metrics.totalDuration,
  };
}

test('what a proposal foretells to gain is what executions gain: measured before and after, on any program', async () => {
  let gained = 0;
  const property = fc.asyncProperty(programs, fc.integer({ min: 1, max: 3 }), async (program, slots) => {
    const { engine, runMs } = engineWith(program, slots);
    const beforeMs = await runMs();
    const { applied, proposal } = await engine.optimizeProgram('p');
    expect(applied).toBe(true);
    const afterMs = await runMs();
    expect(afterMs).toBe(proposal.expectedMakespanMs);
    expect(beforeMs - afterMs).toBe(proposal.expectedGainMs);
    if (afterMs < beforeMs) gained++;
  });
  await fc.assert(property, { numRuns: 60, seed: 1 });
  // Most orders are as good as the best one; some are not.
  expect(gained).toBeGreaterThan(5);
});

test('claims that follow from what was used gain what is foretold: more runs side by side', async () => {
  const clock = new FakeClock();
  const holds = defineModule<{ mb: number }, null>({
    name: 'holds',
    version: '1',
    run: async ({ mb }, ctx) => {
      await clock.sleep(100);
      ctx.usage({ resources: { memory_mb: mb } });
      return null;
    },
  });
  const node = (mb: number, claimed: number): ProgramNode => ({
    ...{ module: 'holds', with: { mb }, timeoutMs: 90_000, resources: { memory_mb: claimed, cpu_cores: 0.1 } },
  });
  // Two at once by their claims, of which they use a quarter; one uses more than it claims, one says nothing of its cores.
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const nodes = { ...Object.fromEntries(names.map((id) => [id, node(100, 400)])), g: node(300, 100) };
  const program: Program = { heddle: 1, name: 'p', strategy: 'optimized', nodes };
  const resources = { memory_mb: 1000, cpu_cores: 4 };
  const { engine } = createTestEngine({ modules: [holds], clock, slots: 50, resources, programs: { p: program } });
  const runMs = async () => (await drive(clock, engine.execute(program))).metrics.totalDuration;
  let beforeMs = 0;
  for (let run = 0; run < 20; run++) beforeMs = await runMs();
  const { proposal } = await engine.optimizeProgram('p');
  const claims = proposal.changes.filter(({ path }) => path.endsWith('.resources'));
  expect(claims).toHaveLength(7);
  expect(claims[0]).toEqual({
    path: 'nodes.a.resources',
    from: { memory_mb: 400, cpu_cores: 0.1 },
    to: { memory_mb: 120, cpu_cores: 0.1 },
    why: 'In 20 runs at most 100 of memory_mb was used, and 400 is claimed.',
  });
  expect(claims.at(-1)).toMatchObject({ path: 'nodes.g.resources', to: { memory_mb: 360 } });
  const afterMs = await runMs();
  expect([beforeMs, afterMs]).toEqual([300, 200]);
  expect(proposal).toMatchObject({ expectedMakespanMs: 200, expectedGainMs: 100 });
  // What is near enough to what is used stays.
  expect((await engine.optimizeProgram('p', { preview: true })).proposal.changes.map(({ path }) => path)).toEqual(
    proposal.changes.map(({ path }) => path),
  );
});

test('executions take less and less time: the order learnt from the first is kept by those after it', async () => {
  const sleeps = (ms: number, ...needs: string[]): ProgramNode => ({ module: 'takes', with: { ms }, needs });
  // Without weights all look alike, and the long one goes last.
  const nodes = { s1: sleeps(40), s2: sleeps(40), s3: sleeps(40), s4: sleeps(40), long: sleeps(100) };
  const { engine, runMs } = engineWith({ heddle: 1, name: 'p', strategy: 'optimized', nodes }, 2);
  const [first, second] = [await runMs(), await runMs()];
  await engine.optimizeProgram('p');
  const [third, fourth] = [await runMs(), await runMs()];
  expect([first, second, third, fourth]).toEqual([180, 140, 140, 140]);
});
