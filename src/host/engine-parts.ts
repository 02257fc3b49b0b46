import { Checkpoints } from './checkpoints.ts';
import { Children } from './children.ts';
import { Custody } from './custody.ts';
import { Erasure } from './erasure.ts';
import type { ExecutionEngine } from './execution-engine.ts';
import { Forks } from './forks.ts';
import { Gatekeeper } from './gatekeeper.ts';
import { handleOf } from './handle.ts';
import { History } from './history.ts';
import type { Home } from './home.ts';
import { Lifecycle } from './lifecycle.ts';
import { MachineMonitor } from './machine-monitor.ts';
import { Observatory } from './observatory.ts';
import { PreparedPrograms } from './prepared-programs.ts';
import { Programs } from './programs.ts';
import { RecoveryRates } from './recovery-rates.ts';
import { RecoveryStrategies } from './recovery-strategies.ts';
import { ResultCache } from './result-cache.ts';
import { Retention } from './retention.ts';
import { Transfer } from './transfer.ts';
import { Tunings } from './tunings.ts';

/** What an engine is made of. */
export interface EngineParts {
  readonly custody: Custody;
  readonly lifecycle: Lifecycle;
  readonly checkpoints: Checkpoints;
  readonly forks: Forks;
  readonly history: History;
  readonly programs: Programs;
  readonly strategies: RecoveryStrategies;
  readonly cache: ResultCache;
  readonly observatory: Observatory;
  readonly erasure: Erasure;
  readonly retention: Retention;
  readonly gatekeeper: Gatekeeper;
  readonly monitor: MachineMonitor;
  readonly transfer: Transfer;
}

/** Puts an engine together; the parts know one another, and are asked for nothing before all are there. */
export function engineParts(home: Home, engine: ExecutionEngine): EngineParts {
  const { clock, journal, records } = home;
  const rates = new RecoveryRates(records);
  const strategies = new RecoveryStrategies(rates);
  const cache = new ResultCache({ ...home, inlineBytesMax: journal.inlineBytesMax });
  const history = new History({
    records,
    capacity: home.resources?.capacity,
    kept: (execution, recorded) => tunings.refresh(execution, recorded),
  });
  const prepared = new PreparedPrograms(home);
  const tunings = new Tunings(home, history, prepared);
  const learning = { history, tunings, prepared };
  const gatekeeper: Gatekeeper = new Gatekeeper({ ...home, breakerOpened: (key) => observatory.breakerOpened(key) });
  const observatory: Observatory = new Observatory(
    home,
    () => custody,
    () => ({ cache: cache.counts, bulkheads: gatekeeper.bulkheads.occupancy, machine: monitor.look() }),
  );
  const monitor: MachineMonitor = new MachineMonitor({
    ...{ machine: home.machine, clock },
    now: () => {
      const driven = custody.driven();
      const attempts = driven.reduce((sum, { state }) => sum + state.derived.running.size, 0);
      return { attempts, executions: driven.length, utilization: home.resources?.getResourceUtilization() ?? {} };
    },
    pressed: (type, pressure, utilisation) => {
      observatory.pressed(type, pressure, utilisation);
      for (const execution of custody.driven()) history.run(() => tunings.relearn(execution));
    },
  });
  const children = new Children({
    begin: async (source, inputs, { parent, ...options }) =>
      handleOf(engine, await lifecycle.begin(source, inputs, options, { parent })),
    open: (executionId) => engine.open(executionId),
    cancel: (executionId, reason) => engine.cancel(executionId, reason),
    wait: (executionId, ms) =>
      new Promise((resolve) => clock.wakeAt(`${executionId}#reopen`, clock.now() + ms, resolve)),
    programNamed: (name) => lifecycle.programNamed(name),
  });
  const latestCheckpoint = async (executionId: string, epoch: number) => {
    const stored = await journal.latestCheckpoint(executionId);
    return stored === undefined ? undefined : checkpoints.restoration(stored, epoch);
  };
  const custody: Custody = new Custody(
    home,
    { cache, gatekeeper, strategies, children, latestCheckpoint },
    {
      published: (execution, facts) => {
        observatory.published(execution, facts);
        for (const fact of facts) rates.take(execution.id, fact);
        monitor.begin();
      },
      halted: (execution, reason) => {
        observatory.halted(execution, reason);
        queueMicrotask(() => monitor.over());
      },
      ended: (execution) => {
        history.note(execution);
        retention.noted();
        monitor.over();
      },
    },
  );
  const lifecycle = new Lifecycle(home, custody, learning, () => strategies.codes);
  const checkpoints = new Checkpoints(home, custody, lifecycle);
  const erasure = new Erasure(home, custody, lifecycle, history);
  const retention = new Retention(home, erasure);
  return {
    ...{
      custody,
      lifecycle,
      checkpoints,
      history,
      strategies,
      cache,
      observatory,
      erasure,
      retention,
      gatekeeper,
      monitor,
    },
    forks: new Forks(home, custody, lifecycle),
    programs: new Programs(home, custody, learning),
    transfer: new Transfer(home, custody, lifecycle, erasure),
  };
}
