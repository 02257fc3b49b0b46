import type { MetricFamily } from '../../observe/prometheus.ts';
import type { Execution } from '../drive/execution.ts';
import type { ResourceUtilization } from '../gates/resource.ts';
import type { CacheCounts } from '../run/result-cache.ts';
import type { MachineReport } from './machine-monitor.ts';

/** What an engine has at the moment. */
export interface EngineFigures {
  /** Those it drives. */
  readonly driven: readonly Execution[];
  readonly slots: number;
  readonly cache: CacheCounts;
  readonly bulkheads: ReadonlyMap<string, { readonly inside: number; readonly waiting: number }>;
  readonly resources: Readonly<Record<string, ResourceUtilization>>;
  readonly breakersOpened: number;
  /** Undefined where no machine is known. */
  readonly machine?: MachineReport | undefined;
}

/** Keys come from programs: of a family no more than so many have a sample of their own, the rest are added up under `other`. */
export const labelValuesMax = 50;

/** The families of what an engine does now. Labels are statuses, results, resource types and keys of bulkheads. */
export function engineFamilies(figures: EngineFigures): readonly MetricFamily[] {
  const { driven, slots, cache, bulkheads, resources, breakersOpened, machine } = figures;
  const byStatus = new Map(['PENDING', 'RUNNING', 'PAUSED'].map((status) => [status, 0]));
  let attempts = 0;
  for (const { status, state } of driven) {
    if (byStatus.has(status)) byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    attempts += state.derived.running.size;
  }
  const bounded = (name: string, help: string, label: string, values: ReadonlyMap<string, number>): MetricFamily => {
    const samples = [...boundedLabels(values)].map(([key, value]) => ({ labels: { [label]: key }, value }));
    return { name, help, type: 'gauge', samples };
  };
  const ofResource = (figure: 'capacity' | 'used' | 'waiting') =>
    new Map(Object.entries(resources).map(([type, utilization]) => [type, utilization[figure]]));
  const ofBulkhead = (figure: 'inside' | 'waiting') =>
    new Map([...bulkheads].map(([key, occupancy]) => [key, occupancy[figure]]));
  return [
    {
      name: 'heddle_executions',
      help: 'Executions this engine drives now, by status.',
      type: 'gauge',
      samples: [...byStatus].map(([status, value]) => ({ labels: { status: status.toLowerCase() }, value })),
    },
    gauge('heddle_attempts_running', 'Attempts under way.', attempts),
    gauge('heddle_slots', 'Attempts the runner takes at once.', slots),
    {
      name: 'heddle_cache_calls_total',
      help: 'Calls that asked the result cache, by what they found; a hit may have waited for an equal call.',
      type: 'counter',
      samples: [
        { labels: { result: 'hit' }, value: cache.hits },
        { labels: { result: 'miss' }, value: cache.misses },
      ],
    },
    gauge('heddle_cache_hit_ratio', 'Hits over calls that asked the result cache; 0 before any.', cache.hitRate),
    bounded('heddle_bulkhead_inside', 'Tasks inside a bulkhead, by key.', 'key', ofBulkhead('inside')),
    bounded('heddle_bulkhead_waiting', 'Tasks in line before a bulkhead, by key.', 'key', ofBulkhead('waiting')),
    bounded('heddle_resource_capacity', 'What there is of a resource.', 'type', ofResource('capacity')),
    bounded('heddle_resource_used', 'What is held of a resource.', 'type', ofResource('used')),
    bounded('heddle_resource_waiting', 'What requests in line ask of a resource.', 'type', ofResource('waiting')),
    {
      name: 'heddle_breakers_opened_total',
      help: 'Times a call of this engine opened a circuit breaker.',
      type: 'counter',
      samples: [{ value: breakersOpened }],
    },
    ...machineFamilies(machine),
  ];
}

function machineFamilies(machine: MachineReport | undefined): readonly MetricFamily[] {
  const { cpuCores, memoryMb, loadAverage } = machine ?? {};
  return [
    ...(cpuCores === undefined ? [] : [gauge('heddle_cpu_cores', 'Cores this process keeps busy.', cpuCores)]),
    ...(memoryMb === undefined
      ? []
      : [gauge('heddle_memory_bytes', 'Memory this process holds.', Math.round(memoryMb * 2 ** 20))]),
    ...(loadAverage === undefined
      ? []
      : [gauge('heddle_load_average', 'Processes of the machine that want to run, mean of a minute.', loadAverage)]),
  ];
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { name, help, type: 'gauge', samples: [{ value }] };
}

function boundedLabels(values: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const kept = new Map<string, number>();
  for (const [key, value] of values) {
    const label = kept.size < labelValuesMax || kept.has(key) ? key : 'other';
    kept.set(label, (kept.get(label) ?? 0) + value);
  }
  return kept;
}
