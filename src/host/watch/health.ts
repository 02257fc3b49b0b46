import { HeddleError, toErrorData } from '../../errors.ts';
import { encode } from '../../program/canonical.ts';
import type { Home } from '../home.ts';
import type { MachineReport } from './machine-monitor.ts';

export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';

/** `degraded`: it works, but something it depends on does not; `unhealthy`: it cannot take executions. */
export interface Health {
  readonly status: HealthStatus;
  readonly checks: Readonly<Record<'store' | 'runner' | 'memory' | 'breakers', HealthCheck>>;
}

export interface HealthCheck {
  readonly status: HealthStatus;
  /** One sentence for people; absent when there is nothing to say. */
  readonly message?: string;
  readonly figures?: Readonly<Record<string, number>>;
}

/** Share of the memory there is from which on an engine is degraded. */
const memoryLoadMax = 0.9;
/** A store that takes longer to write, read and erase a record is degraded. */
const storeMsMax = 1000;
const scope = 'health';

/** Asks everything an engine depends on; never rejects: what fails is what it tells. */
export async function checkHealth(
  home: Home,
  running: number,
  report: MachineReport | undefined,
  breakersOpen: () => Promise<readonly string[]>,
): Promise<Health> {
  const checks = {
    store: await checkStore(home),
    runner: checkRunner(home.runner.slots, running),
    memory: checkMemory(report),
    breakers: await checkBreakers(breakersOpen),
  };
  const statuses = Object.values(checks).map(({ status }) => status);
  const worst = (['unhealthy', 'degraded'] as const).find((status) => statuses.includes(status));
  return { status: worst ?? 'healthy', checks };
}

/** A record of its own each time: two who check at once do not meet. */
async function checkStore({ records, clock, random }: Home): Promise<HealthCheck> {
  const key = random.id('check');
  const beganMs = clock.now();
  try {
    const written = await records.put({ scope, key, bytes: encode(beganMs), expiresAtMs: beganMs + 60_000 }, null);
    const read = await records.get(scope, key);
    await records.delete(scope, key);
    if (!written || read === undefined)
      throw new HeddleError({ code: 'STORAGE_FAILED', message: 'what was written was not there to be read' });
    const tookMs = clock.now() - beganMs;
    const slow = tookMs > storeMsMax ? { message: `it took ${tookMs} ms to write, read and erase a record` } : {};
    return { status: tookMs > storeMsMax ? 'degraded' : 'healthy', figures: { tookMs }, ...slow };
  } catch (thrown) {
    return { status: 'unhealthy', message: toErrorData(thrown, 'STORAGE_FAILED').message };
  }
}

/** That every slot is taken is no illness: what comes waits its turn. */
function checkRunner(slots: number, running: number): HealthCheck {
  const figures = { slots, running };
  if (slots > 0) return { status: 'healthy', figures };
  return { status: 'unhealthy', figures, message: 'the runner takes no attempts' };
}

function checkMemory(report: MachineReport | undefined): HealthCheck {
  const memory = report?.resources.memory_mb;
  if (memory === undefined) return { status: 'healthy', message: 'this platform does not tell' };
  const figures = { usedMb: Math.round(memory.used), capacityMb: memory.capacity };
  if (memory.load <= memoryLoadMax) return { status: 'healthy', figures };
  return { status: 'degraded', figures, message: `${Math.round(memory.load * 100)} % of the memory is in use` };
}

/** The services behind breakers are the providers an engine depends on. */
async function checkBreakers(breakersOpen: () => Promise<readonly string[]>): Promise<HealthCheck> {
  try {
    const open = await breakersOpen();
    if (open.length === 0) return { status: 'healthy', figures: { open: 0 } };
    const named = open.slice(0, 10).join(', ');
    return { status: 'degraded', figures: { open: open.length }, message: `calls are refused of ${named}` };
  } catch (thrown) {
    return { status: 'unhealthy', message: toErrorData(thrown, 'STORAGE_FAILED').message };
  }
}
