import { describe, expect, test } from 'vitest';
import {
  DefaultMonitoringSystem,
  defineModule,
  type LogLine,
  type Machine,
  type MachineSample,
} from '../../../src/index.ts';
import { createTestEngine, drive, FakeClock, quiet } from '../../../src/testing.ts';

/** A machine of 4 cores and 1000 MiB that says what it is told to say. */
class ToldMachine implements Machine {
  readonly capacity = { cpu_cores: 4, memory_mb: 1000 };
  now: MachineSample = { cpuCores: 1, memoryMb: 250, loadAverage: 0.5 };
  looks = 0;

  sample(): MachineSample {
    this.looks++;
    return this.now;
  }
}

function world(machine: Machine | undefined = new ToldMachine()) {
  const clock = new FakeClock();
  const lines: LogLine[] = [];
  const waits = defineModule<{ ms: number }, number>({
    name: 'waits',
    version: '1',
    run: async ({ ms }) => {
      await clock.sleep(ms);
      return ms;
    },
  });
  const world = createTestEngine({
    modules: [waits],
    clock,
    resources: { cpu_cores: 4, memory_mb: 1000 },
    log: (line) => lines.push(line),
    ...(machine !== undefined && { machine }),
  });
  return { ...world, lines };
}
const holding = (ms: number, resources: object, name = 'p') => ({
  heddle: 1,
  name,
  nodes: { a: { module: 'waits', with: { ms }, resources } },
});

describe('what the machine is really used for', () => {
  test('is looked at every 5 s while an execution is driven, and not after', async () => {
    const machine = new ToldMachine();
    const { engine, clock } = world(machine);
    expect(clock.armed).toEqual([]);
    const execution = await engine.start(holding(12_000, {}));
    expect(machine.looks).toBe(1);
    await clock.advance(4999);
    expect(machine.looks).toBe(1);
    await clock.advance(1);
    expect(machine.looks).toBe(2);
    await clock.advance(6000);
    expect(machine.looks).toBe(3);
    await clock.advance(2000);
    await execution.result();
    expect(clock.armed).toEqual([]);
    await clock.advance(20_000);
    expect(machine.looks).toBe(3);
    // Let go, it is not looked at either.
    await engine.start(holding(12_000, {}));
    await engine.close();
    await quiet();
    expect(clock.armed.filter((id) => id.startsWith('heddle'))).toEqual([]);
  });

  test('beside what is granted: load, efficiency and waste', async () => {
    const { engine, clock } = world();
    const execution = await engine.start(holding(1000, { cpu_cores: 2, memory_mb: 200 }));
    await quiet();
    expect(engine.machine()).toEqual({
      ...{ atMs: clock.now(), attempts: 1, cpuCores: 1, memoryMb: 250, loadAverage: 0.5 },
      resources: {
        cpu_cores: { capacity: 4, granted: 2, used: 1, load: 0.25, efficiency: 0.5, waste: 1 },
        memory_mb: { capacity: 1000, granted: 200, used: 250, load: 0.25, efficiency: 1, waste: 0 },
      },
    });
    await drive(clock, execution.result());
    expect(engine.machine()?.resources.cpu_cores).toMatchObject({ granted: 0, efficiency: 1, waste: 0 });
    const text = engine.metrics().split('\n');
    for (const line of ['heddle_cpu_cores 1', 'heddle_memory_bytes 262144000', 'heddle_load_average 0.5'])
      expect(text).toContain(line);
  });

  test('raises alerts on cpu_usage, which are refused where it is not measured', async () => {
    const machine = new ToldMachine();
    const { engine, clock } = world(machine);
    const monitoring = new DefaultMonitoringSystem(engine, { clock });
    const values: number[] = [];
    monitoring.setAlert({ metric: 'cpu_usage', operator: 'gt', threshold: 80 }, ({ value }) => values.push(value));
    const execution = await engine.start(holding(12_000, {}));
    monitoring.startMonitoring(execution.id);
    machine.now = { cpuCores: 3.6, memoryMb: 100 };
    await clock.advance(5000);
    await drive(clock, execution.result());
    await quiet();
    expect(values).toEqual([90]);
    const blind = new DefaultMonitoringSystem(world({ capacity: {}, sample: () => ({}) }).engine);
    const alert = () => blind.setAlert({ metric: 'cpu_usage', operator: 'gt', threshold: 80 }, () => undefined);
    expect(alert).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
    expect(createTestEngine({ modules: [] }).engine.machine()).toBeUndefined();
  });
});

test('above 90 % and below 20 % of what there is, programs under way learn their weights anew, and the log says why', async () => {
  const { engine, clock, lines, stores } = world();
  await drive(clock, engine.execute(holding(100, { cpu_cores: 4 })));
  await engine.history('p');
  const learnt = async () =>
    (await stores.records.list('tuning')).map(({ key, version }) => [key.split('/')[0], version]);
  const before = await learnt();
  const execution = await engine.start(holding(16_000, { cpu_cores: 3.8, memory_mb: 500 }));
  await clock.advance(11_000);
  expect(lines.filter(({ message }) => message === 'pressure').map(({ level, fields }) => [level, fields])).toEqual([
    ['WARNING', { type: 'cpu_cores', pressure: 'high', utilisation: 0.95 }],
  ]);
  const after = await learnt();
  expect(after).not.toEqual(before);
  expect(after.map(([program]) => program)).toContain('p');
  await drive(clock, execution.result());
  lines.length = 0;
  await drive(clock, engine.execute(holding(6000, { cpu_cores: 0.4, memory_mb: 500 })));
  expect(lines.filter(({ message }) => message === 'pressure').map(({ level, fields }) => [level, fields])).toEqual([
    ['INFO', { type: 'cpu_cores', pressure: 'low', utilisation: 0.1 }],
  ]);
});
