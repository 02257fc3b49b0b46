import {
  type Alert,
  createEngine,
  DefaultMonitoringSystem,
  type MonitoringSystem,
  ResourceManager,
  type ResourceRequirement,
  TimerClock,
} from 'heddle';
import { describe, expect, test } from 'vitest';
import { chain, engineWith, rest } from './plans.ts';

const requirements: ResourceRequirement[] = [
  {
    type: 'computational',
    amount: 4,
    duration: 3_600_000,
    priority: 8,
    constraints: { minMemory: 8192, gpuRequired: false },
  },
  { type: 'memory', amount: 16_384, duration: 3_600_000, priority: 7 },
];
const capacity = { computational: 8, memory: 32_768 };

describe('S5 resource management', () => {
  test('what is required is granted, told, and free again after the release', async () => {
    const manager = new ResourceManager({ capacity, clock: new TimerClock(), prices: { memory: 1 } });
    const allocated = await manager.requestResources(requirements);
    expect(allocated).toMatchObject([
      { type: 'computational', amount: 4, constraints: { minMemory: 8192, gpuRequired: false } },
      { type: 'memory', amount: 16_384 },
    ]);
    expect(manager.getResourceUtilization()).toEqual({
      computational: { capacity: 8, used: 4, waiting: 0, utilisation: 0.5 },
      memory: { capacity: 32_768, used: 16_384, waiting: 0, utilisation: 0.5 },
    });
    await rest(5);
    const usage = manager.releaseResources(allocated.map(({ id }) => id));
    expect(usage).toMatchObject([
      { resourceType: 'computational', amountUsed: 4, cost: 0, endTime: expect.any(Date) },
      { resourceType: 'memory', amountUsed: 16_384, startTime: expect.any(Date), efficiency: expect.any(Number) },
    ]);
    expect(usage[1]?.cost).toBeGreaterThan(0);
    expect(manager.getResourceUtilization()).toMatchObject({ computational: { used: 0 }, memory: { used: 0 } });
  });

  test('an allocation that can never be granted fails', async () => {
    const manager = new ResourceManager({ capacity, clock: new TimerClock() });
    const tooMuch = [{ type: 'gpu', amount: 1, priority: 0 }];
    await expect(manager.requestResources(tooMuch)).rejects.toMatchObject({ code: 'UNSATISFIABLE_RESOURCES' });
  });

  test('the engine allocates and releases', async () => {
    const engine = await createEngine({ modules: [], resources: { capacity } });
    const allocated = await engine.allocateResources(requirements);
    expect(allocated.map(({ type, amount }) => [type, amount])).toEqual([
      ['computational', 4],
      ['memory', 16_384],
    ]);
    await engine.releaseResources(allocated.map(({ id }) => id));
    const all = Object.entries(capacity).map(([type, amount]) => ({ type, amount, priority: 0 }));
    expect(await engine.allocateResources(all)).toHaveLength(2);
  });
});

describe('S5 monitoring and alerting', () => {
  test('alerts on a condition that has to hold, and on the duration of the execution', async () => {
    const engine = await engineWith();
    const { id, result } = await engine.start(chain(4, 40));
    const monitoring: MonitoringSystem = new DefaultMonitoringSystem(engine, { intervalMs: 5 });
    monitoring.startMonitoring(id);
    const alerts: Alert[] = [];
    const raised = (alert: Alert): void => {
      alerts.push(alert);
    };
    const busy = { metric: 'running_tasks', operator: 'gte', threshold: 1, duration: 60 } as const;
    const busyAlert = monitoring.setAlert(busy, raised);
    const long = { metric: 'execution_duration', operator: 'gt', threshold: 100 } as const;
    const longAlert = monitoring.setAlert(long, raised);
    const never = monitoring.setAlert({ ...long, threshold: 7_200_000 }, raised);
    await result();
    await rest(10);
    expect(alerts.map((alert) => alert.id)).toEqual([busyAlert, longAlert]);
    expect(alerts[0]).toMatchObject({ executionId: id, condition: busy, value: 1, triggered: expect.any(Date) });
    expect(alerts[1]?.value).toBeGreaterThan(100);
    expect(alerts[1]?.message).toContain('execution_duration');
    for (const alert of [busyAlert, longAlert, never]) monitoring.removeAlert(alert);
    expect(monitoring.getMetrics(id)).toMatchObject({ successRate: 1, tasksExecuted: 4 });
    expect(monitoring.getTimeline(id)).toEqual((await result()).timeline);
    expect(monitoring.getResourceUsage(id)).toEqual([]);
    monitoring.stopMonitoring(id);
  });

  test('an alert that is removed is not raised', async () => {
    const engine = await engineWith();
    const { id, result } = await engine.start(chain(1, 40));
    const monitoring = new DefaultMonitoringSystem(engine, { intervalMs: 5 });
    monitoring.startMonitoring(id);
    let raised = 0;
    const alert = monitoring.setAlert({ metric: 'execution_duration', operator: 'gt', threshold: 20 }, () => {
      raised++;
    });
    monitoring.removeAlert(alert);
    await result();
    await rest(5);
    expect(raised).toBe(0);
  });
});
