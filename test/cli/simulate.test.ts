import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SimulationReport } from '../../src/cli/simulation.ts';
import { wfFormat } from '../../src/formats/wfformat.ts';
import { readSample, sampleFile, samples, samplesPresent } from '../formats/samples.ts';
import { diamond, fileOf, folder, heddle } from './heddle.ts';
import { flaws } from './schedule.ts';

function simulate(...args: readonly string[]): SimulationReport {
  const { status, stdout, stderr } = heddle('simulate', '--json', ...args);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as SimulationReport;
}

test('a program without durations takes 1 a task', () => {
  expect(simulate(fileOf(diamond), '--workers', '2')).toEqual({
    status: 'COMPLETED',
    makespan: 3,
    lowerBound: 3,
    tasksExecuted: 4,
    events: [
      { id: 'a', start: 0, end: 1, worker: 0 },
      { id: 'b', start: 1, end: 2, worker: 0 },
      { id: 'c', start: 1, end: 2, worker: 1 },
      { id: 'd', start: 2, end: 3, worker: 0 },
    ],
  });
});

test('a table for people', () => {
  const { status, stdout } = heddle('simulate', fileOf(diamond), '--workers', '1');
  expect([status, stdout]).toEqual([0, expect.stringContaining('COMPLETED: 4 tasks on 1 workers until 4')]);
});

describe.runIf(samplesPresent)('recorded workflows', () => {
  test.each(samples)(
    '$name on 4 workers: valid, and between the bounds of list scheduling',
    ({ name, nodes, criticalPath, total }) => {
      const { program, durations } = wfFormat.read(readSample(name), name);
      const { makespan, lowerBound, events } = simulate(sampleFile(name), '--workers', '4');
      expect(events).toHaveLength(nodes);
      expect(flaws(program, events, 4, (id) => durations?.get(id) ?? 0)).toEqual([]);
      expect(Math.abs(lowerBound - Math.max(criticalPath, total / 4))).toBeLessThan(0.001);
      expect(makespan).toBeGreaterThanOrEqual(lowerBound);
      expect(makespan).toBeLessThanOrEqual(total / 4 + 0.75 * criticalPath + 0.001);
      expect(makespan).toBe(Math.max(...events.map(({ end }) => end)));
    },
  );

  test('epigenomics on 8 workers', () => {
    const { makespan } = simulate(sampleFile('epigenomics-chameleon-hep-2seq-100k-001'), '--workers', '8');
    expect(makespan).toBeGreaterThanOrEqual(362.333);
    expect(makespan).toBeLessThanOrEqual(549.813);
  });

  test('with a journal a second call finishes exactly what is left, and a third does nothing', () => {
    const name = 'montage-chameleon-2mass-015d-001';
    const { program, durations } = wfFormat.read(readSample(name), name);
    const args = [sampleFile(name), '--workers', '8', '--journal', join(folder(), 'made', 'here')];
    const first = simulate(...args, '--stop-after', '100');
    const second = simulate(...args);
    const third = simulate(...args);
    expect(
      [first, second, third].map(({ status, tasksExecuted, events }) => [status, tasksExecuted, events.length]),
    ).toEqual([
      ['RUNNING', 100, 100],
      ['COMPLETED', 210, 210],
      ['COMPLETED', 0, 0],
    ]);
    expect(flaws(program, [...first.events, ...second.events], 8, (id) => durations?.get(id) ?? 0)).toEqual([]);
    expect(third.makespan).toBe(second.makespan);
  });
});

describe('a journal', () => {
  test('keeps programs apart, and another program starts anew', () => {
    const journal = folder();
    simulate(fileOf(diamond), '--workers', '2', '--journal', journal);
    const { e: _, ...nodes } = { ...diamond.nodes, e: {} };
    const other = { ...diamond, nodes: { ...nodes, z: { module: 'sim.task', needs: ['d'] } } };
    expect(simulate(fileOf(other), '--workers', '2', '--journal', journal).tasksExecuted).toBe(5);
  });

  test('is gone on with by another number of workers', () => {
    const args = [fileOf(diamond), '--journal', folder()];
    expect(simulate(...args, '--workers', '1', '--stop-after', '1').tasksExecuted).toBe(1);
    expect(simulate(...args, '--workers', '2')).toMatchObject({ tasksExecuted: 3, makespan: 3 });
  });

  test('that is a file is a typed error', () => {
    const path = join(folder(), 'file');
    writeFileSync(path, '');
    const { status, stderr } = heddle('simulate', fileOf(diamond), '--workers', '1', '--journal', path);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^heddle: [A-Z_]+: /)]);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
