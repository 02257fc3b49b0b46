import { describe, expect, test } from 'vitest';
import { sampleFile, samples, samplesPresent } from '../formats/samples.ts';
import { diamond, fileOf, heddle } from './heddle.ts';

interface PlanDocument {
  nodes: number;
  edges: number;
  depth: number;
  width: number;
  roots: number;
  sinks: number;
  criticalPath: { length: number; nodes: string[] };
  total: number;
  levels: string[][];
}

const kernels = ['wasm', 'js'] as const;

function plan(file: string, kernel: string): PlanDocument {
  const { status, stdout, stderr } = heddle('plan', file, '--json', '--kernel', kernel);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as PlanDocument;
}

test('with workers, what a search for a better order won', () => {
  const seconds = [3, 3, 2, 2, 2];
  const tasks = seconds.map((_, index) => ({ id: `t${index}`, name: `t${index}`, parents: [], children: [] }));
  const measured = seconds.map((runtimeInSeconds, index) => ({ id: `t${index}`, runtimeInSeconds }));
  const workflow = { specification: { tasks }, execution: { tasks: measured } };
  const file = fileOf({ name: 'graham', schemaVersion: '1.5', workflow });
  const { stdout } = heddle('plan', file, '--json', '--workers', '2');
  const { schedule } = JSON.parse(stdout);
  expect(schedule).toMatchObject({ workers: 2, makespan: 6, plainMakespan: 7, lowerBound: 6 });
  expect(schedule.reason).toContain(schedule.rule);
  expect(heddle('plan', file, '--workers', '2').stdout).toContain('on 2 workers: 6 s, the longest way first 7 s; of ');
  expect(heddle('plan', file, '--workers', '2', '--search-ms', '1001').stderr).toContain(
    '--search-ms must be a number from 0',
  );
});

describe.each(kernels)('with the %s kernel', (kernel) => {
  test('a plan of unit weights where the file has no durations', () => {
    expect(plan(fileOf(diamond), kernel)).toEqual({
      nodes: 4,
      edges: 4,
      depth: 3,
      width: 2,
      roots: 1,
      sinks: 1,
      criticalPath: { length: 3, nodes: ['a', 'b', 'd'] },
      total: 4,
      strategy: 'parallel',
      strategyReason: 'Nodes that may start together have about as much behind them, so any order does.',
      levels: [['a'], ['b', 'c'], ['d']],
    });
  });

  describe.runIf(samplesPresent)('recorded workflows', () => {
    test.each(samples)('$name', ({ name, criticalPath, total, ...counts }) => {
      const found = plan(sampleFile(name), kernel);
      expect(found).toMatchObject(counts);
      expect(Math.abs(found.criticalPath.length - criticalPath)).toBeLessThan(0.001);
      expect(Math.abs(found.total - total)).toBeLessThan(0.001);
      expect(found.levels.map((level) => level.length).reduce((sum, length) => sum + length, 0)).toBe(counts.nodes);
      expect(found.criticalPath.nodes.length).toBeLessThanOrEqual(counts.depth);
    });
  });
});

describe.runIf(samplesPresent)('both kernels', () => {
  test('give the same document, byte for byte', () => {
    const [wasm, js] = kernels.map(
      (kernel) => heddle('plan', sampleFile('montage-chameleon-2mass-015d-001'), '--json', '--kernel', kernel).stdout,
    );
    expect(wasm).toBe(js);
  });
});

test('the short form and YAML are planned alike', () => {
  const short = fileOf('modules: [retriever, generator]\ndependencies: { generator: [retriever] }\n', 'short.yaml');
  expect(plan(short, 'wasm')).toMatchObject({
    nodes: 2,
    edges: 1,
    criticalPath: { nodes: ['retriever', 'generator'] },
  });
});

test('a table for people', () => {
  const { status, stdout } = heddle('plan', fileOf(diamond));
  expect(status).toBe(0);
  expect(stdout).toContain('diamond');
  expect(stdout).toContain('critical path: a → b → d');
  expect(stdout).toContain('strategy: parallel. Nodes that may start together');
});

test('a cycle is refused with its ids and exit status 1', () => {
  const cyclic = {
    heddle: 1,
    name: 'cyclic',
    nodes: { a: { module: 'm', needs: ['c'] }, b: { module: 'm', needs: ['a'] }, c: { module: 'm', needs: ['b'] } },
  };
  const { status, stdout, stderr } = heddle('plan', fileOf(cyclic), '--json');
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('CYCLE');
});

test('what is in a file cannot drive the terminal', () => {
  const evil = { heddle: 1, name: 'evil \u001b[2J', nodes: { 'a\u001b]0;gone\u0007': { module: 'm' } } };
  const { stdout, stderr } = heddle('plan', fileOf(evil));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(stdout + stderr).not.toMatch(/[\u001b\u0007]/);
});
