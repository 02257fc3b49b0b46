import type { Program, ProgramNode, RetryPolicy } from '../../src/program/program.ts';
import type { SeededRandom } from '../../src/testing/seeded-random.ts';

/** A random program using every node key there is, with policies that make failures, retries and timeouts happen. */
export function randomProgram(random: SeededRandom): Program {
  const count = random.chance(0.15) ? random.int(13, 40) : random.int(1, 12);
  const nodes: Record<string, ProgramNode> = {};
  for (let index = 0; index < count; index++) nodes[`n${index}`] = randomNode(random, index);
  return {
    heddle: 1,
    name: 'simulated',
    strategy: random.pick(['sequential', 'parallel', 'pipeline', 'optimized', 'resource_aware']),
    tolerance: random.chance(0.4) ? 'strict' : random.chance(0.6) ? 'tolerant' : { threshold: random.int(0, 3) },
    ...(random.chance(0.25) && { onFailure: random.chance(0.8) ? 'compensate' : 'pause' }),
    ...(random.chance(0.5) && {
      limits: {
        concurrency: random.int(1, 6),
        ...(random.chance(0.2) && { timeoutMs: random.int(50, 4000) }),
        ...(random.chance(0.1) && { retryBudget: { ratio: 0.2, min: random.int(0, 4) } }),
        ...(random.chance(0.2) && { checkpoint: { events: random.int(10, 40), everyMs: random.int(50, 500) } }),
      },
    }),
    nodes,
  };
}

function randomNode(random: SeededRandom, index: number): ProgramNode {
  const dependencies = pickDependencies(random, index);
  const byReference = dependencies.filter(() => random.chance(0.4));
  const needs = dependencies.filter((id) => !byReference.includes(id));
  const join = random.chance(0.75) ? 'all' : random.chance(0.6) ? 'any' : { quorum: random.int(1, 3) };
  // A node that starts before all its dependencies have ended sees different outputs in different runs, so it looks at none.
  const looks = join === 'all';
  const kind = random.pick(kinds);
  const template = Object.fromEntries(byReference.map((id) => [id, `\${${id}}`]));
  const input = looks ? { ...template, constant: index } : { constant: index };
  // What waits takes no input, so it only follows.
  const follows =
    kind === 'signal' || kind === 'never' || kind === 'sleep' || kind === 'until' || !looks ? dependencies : needs;
  const forEach = kind === 'batch' ? { items: '${input.items}', batchSize: random.int(1, 3) } : undefined;
  const fansOut = forEach === undefined && kind !== 'repeat' && random.chance(0.2);
  return {
    ...doing(kind, index, input, fansOut, random),
    ...(follows.length > 0 && { needs: follows }),
    ...(join !== 'all' && { join }),
    ...(random.chance(0.15) && { trigger: random.pick(['failure', 'always'] as const) }),
    ...(random.chance(0.2) && {
      if: random.chance(0.7) ? `input.flag == ${random.chance(0.8)}` : 'input.missing.flag',
    }),
    ...(forEach !== undefined && { forEach }),
    ...(fansOut && { forEach: randomForEach(random) }),
    ...(random.chance(0.5) && { retry: randomRetry(random) }),
    ...(random.chance(kind === 'program' || kind === 'cached' ? 0 : 0.3) && { timeoutMs: random.int(20, 200) }),
    ...(random.chance(kind === 'cached' ? 0 : 0.2) && { idleTimeoutMs: random.int(80, 120) }),
    ...(random.chance(0.15) && {
      fallback: random.chance(0.5)
        ? { value: { substitute: index } }
        : { module: 'sim.work', with: { fallback: index } },
    }),
    ...(random.chance(0.25) && { compensate: { module: 'sim.work', with: { undoes: index } } }),
    ...(random.chance(0.15) && { critical: false }),
    ...(random.chance(0.2) && { priority: random.int(0, 10) }),
    ...(kind === 'work' && randomGates(random)),
    ...(random.chance(0.1) && { runOn: random.pick(['inline', 'worker', 'shard'] as const), summary: `node ${index}` }),
  };
}

/** Mostly plain work: the other kinds are rarer in real programs too. */
const kinds = [
  ...Array.from({ length: 12 }, () => 'work' as const),
  'signal',
  'never',
  'sleep',
  'until',
  'repeat',
  'batch',
  'program',
  'cached',
] as const;

function doing(
  kind: (typeof kinds)[number],
  index: number,
  input: Record<string, string | number>,
  fansOut: boolean,
  random: SeededRandom,
): ProgramNode {
  switch (kind) {
    case 'work':
      return { module: 'sim.work', with: input };
    case 'signal':
      return { waitFor: { event: fansOut ? `go-n${index}-\${index}` : `go-n${index}` } };
    case 'never':
      return { waitFor: { event: 'never', timeoutMs: random.int(5, 200) } };
    case 'sleep':
      return { sleepMs: fansOut ? '${index * 7}' : random.int(0, 150) };
    case 'until':
      // The simulated clock begins at 1,000,000 ms.
      return { sleepUntil: new Date(1_000_000 + random.int(-500, 1500)).toISOString() };
    case 'repeat':
      return {
        module: 'sim.work',
        with: input,
        repeat: { while: `n${index}.again`, maxIterations: random.int(1, 4) },
      };
    case 'batch':
      return { module: 'sim.batch', with: { batch: '${item}' } };
    case 'program':
      return {
        program: {
          heddle: 1,
          name: 'inner',
          nodes: { a: { module: 'sim.pure', with: { of: '${input.constant}' } }, b: { sleepMs: 5, needs: ['a'] } },
          outputs: { a: '${a}' },
        },
        with: { constant: index },
      };
    case 'cached':
      return { module: 'sim.pure', with: { of: index % 3 }, cache: { ttlMs: 100_000 } };
  }
}

function randomGates(random: SeededRandom): Partial<ProgramNode> {
  return {
    ...(random.chance(0.1) && { bulkhead: { key: random.pick(['a', 'b']), limit: random.int(1, 2) } }),
    ...(random.chance(0.08) && { rateLimit: { key: 'r', perSecond: random.int(10, 200) } }),
    ...(random.chance(0.12) && { resources: { cpu_cores: random.int(1, 4), memory_mb: random.int(1, 100) } }),
    ...(random.chance(0.04) && { breaker: { failures: random.int(1, 3), openMs: random.int(10, 200), key: 'k' } }),
  };
}

function pickDependencies(random: SeededRandom, index: number): string[] {
  const ids = Array.from({ length: index }, (_, earlier) => `n${earlier}`);
  return ids.filter(() => random.chance(Math.min(0.5, 2 / index))).slice(-4);
}

function randomForEach(random: SeededRandom) {
  const items = random.chance(0.1) ? '${input.notAList}' : '${input.items}';
  return {
    items,
    ...(random.chance(0.5) && { maxParallel: random.int(1, 4) }),
    ...(random.chance(0.5) && {
      tolerance: random.chance(0.5) ? ('tolerant' as const) : { threshold: random.int(0, 2) },
    }),
  };
}

function randomRetry(random: SeededRandom): RetryPolicy {
  return {
    attempts: random.int(1, 4),
    backoff: random.pick(['immediate', 'fixed', 'linear', 'exponential', 'fibonacci'] as const),
    delayMs: random.int(0, 50),
    maxDelayMs: 300,
    jitter: random.pick(['none', 'full', 'equal'] as const),
    ...(random.chance(0.2) && { nonRetryable: ['SIM_FATAL'] }),
  };
}

export function randomInputs(random: SeededRandom) {
  return { flag: true, notAList: 3, items: Array.from({ length: random.int(0, 7) }, (_, index) => index) };
}

/** Whether what becomes of a program follows from the fates of its tasks alone, and not from when things happen as well. */
export function isJudgeable({ nodes, limits, onFailure }: Program): boolean {
  if (limits?.retryBudget !== undefined || onFailure === 'pause') return false;
  return Object.values(nodes).every(({ breaker }) => breaker === undefined);
}
