import { Forks } from './begin/forks.ts';
import { Lifecycle } from './begin/lifecycle.ts';
import { Successions } from './begin/successions.ts';
import { Custody } from './drive/custody.ts';
import type { ExecutionEngine } from './execution-engine.ts';
import { Gatekeeper } from './gates/gatekeeper.ts';
import { handleOf } from './handle.ts';
import type { Home } from './home.ts';
import { Checkpoints } from './keep/checkpoints.ts';
import { Erasure } from './keep/erasure.ts';
import { Retention } from './keep/retention.ts';
import { Transfer } from './keep/transfer.ts';
import { History } from './learn/history.ts';
import { Programs } from './learn/programs.ts';
import { Tunings } from './learn/tunings.ts';
import { PreparedPrograms } from './programs/prepared-programs.ts';
import { Schedules } from './programs/schedules.ts';
import { RecoveryRates } from './recover/recovery-rates.ts';
import { RecoveryStrategies } from './recover/recovery-strategies.ts';
import { Children } from './run/children.ts';
import { ResultCache } from './run/result-cache.ts';
import { MachineMonitor } from './watch/machine-monitor.ts';
import { Observatory } from './watch/observatory.ts';

/** What an engine is made of. */
export interface EngineParts {
  readonly custody: Custody;
  readonly lifecycle: Lifecycle;
  readonly checkpoints: Checkpoints;
  readonly forks: Forks;
  readonly successions: Successions;
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
  const prepared = home.prepared ?? new PreparedPrograms(home);
  const tunings = new Tunings(home, history, prepared);
  const learning = { history, tunings, prepared, schedules: new Schedules(home) };
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
      return { attempts, utilization: home.resources?.getResourceUtilization() ?? {} };
    },
    isDriving: () => custody.isDriving,
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
        rates.take(execution.id, facts);
        monitor.begin();
      },
      halted: (execution, reason) => {
        observatory.halted(execution, reason);
        queueMicrotask(() => monitor.over());
      },
      ended: (execution) => {
        observatory.ended(execution);
        history.note(execution);
        retention.noted();
        monitor.over();
      },
    },
  );
  const lifecycle: Lifecycle = new Lifecycle(home, custody, learning, {
    recovers: () => strategies.codes,
    unbegun: (header, lease) => successions.takeOver(header, lease),
  });
  const successions = new Successions(home, custody, lifecycle);
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
    forks: new Forks(home, lifecycle),
    successions,
    programs: new Programs(home, custody, learning),
    transfer: new Transfer(home, custody, lifecycle, erasure),
  };
}
