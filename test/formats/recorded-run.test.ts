import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exportWfFormat, wfFormat } from '../../src/formats/index.ts';
import { simulatedTask } from '../../src/formats/wfformat-module.ts';
import { createEngine } from '../../src/index.ts';
import { barrier, wait } from '../../src/modules/index.ts';
import { expectRecordedRun, problemsOfWfFormat } from './recorded-run.ts';
import { readSample, sampleFile, samples, samplesPresent } from './samples.ts';

/** All but one run at 1:1000; srasearch-30a has 50,375 s of work and does so in test/soak. */
const scaleOf = (total: number): number => (total > 10_000 ? 1e-4 : 1e-3);

describe.runIf(samplesPresent)(
  'recorded workflows run to their end on two workers, and are written as WfFormat',
  () => {
    test.concurrent.each(samples)('$name, sleeping', async (sample) => {
      const engine = await createEngine({ modules: [simulatedTask], slots: 2 });
      await expectRecordedRun(engine, sample, readFileSync(sampleFile(sample.name), 'utf8'), {
        scale: scaleOf(sample.total),
      });
      await engine.close();
    });

    test.each(samples.filter(({ total }) => total < 400))('$name, computing', async (sample) => {
      const engine = await createEngine({ modules: [simulatedTask], slots: 2 });
      await expectRecordedRun(engine, sample, readFileSync(sampleFile(sample.name), 'utf8'), {
        scale: 1e-3,
        mode: 'burn',
      });
      await engine.close();
    });
  },
);

describe('what is written', () => {
  const program = {
    heddle: 1,
    name: 'mine',
    description: 'all that a node can become',
    nodes: {
      'say hello/1': { module: 'wait', with: { ms: 20 }, priority: 7 },
      say_hello_1: {
        module: 'wait',
        with: { ms: 1 },
        cache: { ttlMs: 60_000 },
        resources: { cpu_cores: 2 },
        summary: 'second',
      },
      each: { module: 'wait', with: { ms: '${item}' }, forEach: { items: [5, 10] }, needs: ['say hello/1'] },
      skipped: { module: 'barrier', if: 'false', needs: ['each'] },
    },
  } as const;

  test('is a specification before anything ran', () => {
    const document = exportWfFormat(program);
    expect(problemsOfWfFormat(document)).toEqual([]);
    expect(document).toMatchObject({
      name: 'mine',
      workflow: {
        specification: {
          tasks: [
            { id: 'say_hello_1_2', name: 'say hello/1', parents: [], children: ['each'] },
            { id: 'say_hello_1', name: 'second' },
            { id: 'each', parents: ['say_hello_1_2'], children: ['skipped'] },
            { id: 'skipped', parents: ['each'] },
          ],
        },
      },
    });
    expect(document.workflow).not.toHaveProperty('execution');
  });

  test('has the runtime of every node that succeeded, a list of items as one', async () => {
    const engine = await createEngine({ modules: [wait, barrier], resources: { capacity: { cpu_cores: 2 } } });
    await engine.execute(program);
    const execution = JSON.parse(JSON.stringify(await engine.execute(program)));
    await engine.close();
    expect(execution.error).toBeUndefined();
    const document = exportWfFormat(program, { execution });
    expect(problemsOfWfFormat(document)).toEqual([]);
    const { tasks } = (document.workflow as { execution: { tasks: { id: string; runtimeInSeconds: number }[] } })
      .execution;
    const byId = Object.fromEntries(tasks.map((task) => [task.id, task]));
    expect(Object.keys(byId).sort()).toEqual(['each', 'say_hello_1', 'say_hello_1_2']);
    expect(byId.say_hello_1).toMatchObject({ runtimeInSeconds: 0, coreCount: 2, command: { program: 'wait' } });
    expect(byId.say_hello_1_2?.runtimeInSeconds).toBeGreaterThanOrEqual(0.019);
    expect(byId.say_hello_1_2).toMatchObject({ priority: 7 });
    expect(byId.each?.runtimeInSeconds).toBeGreaterThanOrEqual(0.013);
    expect(wfFormat.read(document, 'x').durations?.get('skipped')).toBe(0);
  });

  test('of an execution in which nothing ended has no execution', () => {
    const execution = { startedAt: new Date(0), timeline: [] };
    const document = exportWfFormat(program, { execution });
    expect(problemsOfWfFormat(document)).toEqual([]);
    expect(document.workflow).not.toHaveProperty('execution');
  });

  test.runIf(samplesPresent)('keeps files and their sizes', () => {
    const { program: read, annotations } = wfFormat.read(readSample('montage-chameleon-2mass-005d-001'), 'x');
    const document = exportWfFormat(read, { ...(annotations !== undefined && { annotations }) });
    expect(wfFormat.read(document, 'x').annotations?.get(Object.keys(read.nodes)[0] ?? '')).toMatchObject({
      inputFiles: annotations?.get(Object.keys(read.nodes)[0] ?? '')?.inputFiles,
    });
  });
});
