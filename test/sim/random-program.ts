import type { Program, ProgramNode, RetryPolicy } from '../../src/program/program.ts';
import type { Prng } from './prng.ts';

/** A random program using every node key the engine runs, with policies that make failures, retries and timeouts happen. */
export function randomProgram(random: Prng): Program {
  const count = random.chance(0.15) ? random.int(13, 40) : random.int(1, 12);
  const nodes: Record<string, ProgramNode> = {};
  for (let index = 0; index < count; index++) nodes[`n${index}`] = randomNode(random, index);
  return {
    heddle: 1,
    name: 'simulated',
    strategy: random.pick(['sequential', 'parallel', 'pipeline', 'optimized', 'resource_aware']),
    tolerance: random.chance(0.4) ? 'strict' : random.chance(0.6) ? 'tolerant' : { threshold: random.int(0, 3) },
    ...(random.chance(0.5) && {
      limits: { concurrency: random.int(1, 6), ...(random.chance(0.2) && { timeoutMs: random.int(50, 4000) }) },
    }),
    nodes,
  };
}

function randomNode(random: Prng, index: number): ProgramNode {
  const dependencies = pickDependencies(random, index);
  const byReference = dependencies.filter(() => random.chance(0.4));
  const needs = dependencies.filter((id) => !byReference.includes(id));
  const join = random.chance(0.75) ? 'all' : random.chance(0.6) ? 'any' : { quorum: random.int(1, 3) };
  // A node that starts before all its dependencies have ended sees different outputs in different runs, so it looks at none.
  const looks = join === 'all';
  const template = Object.fromEntries(byReference.map((id) => [id, `\${${id}}`]));
  return {
    module: 'sim.work',
    with: looks ? { ...template, constant: index } : { constant: index },
    ...(needs.length + (looks ? 0 : byReference.length) > 0 && { needs: looks ? needs : dependencies }),
    ...(join !== 'all' && { join }),
    ...(random.chance(0.15) && { trigger: random.pick(['failure', 'always'] as const) }),
    ...(random.chance(0.2) && {
      if: random.chance(0.7) ? `input.flag == ${random.chance(0.8)}` : 'input.missing.flag',
    }),
    ...(random.chance(0.2) && { forEach: randomForEach(random) }),
    ...(random.chance(0.5) && { retry: randomRetry(random) }),
    ...(random.chance(0.3) && { timeoutMs: random.int(20, 200) }),
    ...(random.chance(0.15) && {
      fallback: random.chance(0.5)
        ? { value: { substitute: index } }
        : { module: 'sim.work', with: { fallback: index } },
    }),
    ...(random.chance(0.15) && { critical: false }),
    ...(random.chance(0.2) && { priority: random.int(0, 10) }),
  };
}

function pickDependencies(random: Prng, index: number): string[] {
  const ids = Array.from({ length: index }, (_, earlier) => `n${earlier}`);
  return ids.filter(() => random.chance(Math.min(0.5, 2 / index))).slice(-4);
}

function randomForEach(random: Prng) {
  const items = random.chance(0.1) ? '${input.notAList}' : '${input.items}';
  return {
    items,
    ...(random.chance(0.5) && { maxParallel: random.int(1, 4) }),
    ...(random.chance(0.5) && {
      tolerance: random.chance(0.5) ? ('tolerant' as const) : { threshold: random.int(0, 2) },
    }),
  };
}

function randomRetry(random: Prng): RetryPolicy {
  return {
    attempts: random.int(1, 4),
    backoff: random.pick(['immediate', 'fixed', 'linear', 'exponential', 'fibonacci'] as const),
    delayMs: random.int(0, 50),
    maxDelayMs: 300,
    jitter: random.pick(['none', 'full', 'equal'] as const),
    ...(random.chance(0.2) && { nonRetryable: ['SIM_FATAL'] }),
  };
}

export function randomInputs(random: Prng) {
  return { flag: true, notAList: 3, items: Array.from({ length: random.int(0, 7) }, (_, index) => index) };
}
