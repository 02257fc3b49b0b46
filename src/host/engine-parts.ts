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
import { Observatory } from './observatory.ts';
import { Programs } from './programs.ts';
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
  readonly transfer: Transfer;
}

/** Puts an engine together; the parts know one another, and are asked for nothing before all are there. */
export function engineParts(home: Home, engine: ExecutionEngine): EngineParts {
  const { clock, journal, records } = home;
  const strategies = new RecoveryStrategies();
  const cache = new ResultCache({ ...home, inlineBytesMax: journal.inlineBytesMax });
  const history = new History({ records, kept: (execution, recorded) => tunings.refresh(execution, recorded) });
  const tunings = new Tunings(home, history);
  const learning = { history, tunings };
  const gatekeeper: Gatekeeper = new Gatekeeper({ ...home, breakerOpened: (key) => observatory.breakerOpened(key) });
  const observatory: Observatory = new Observatory(
    home,
    () => custody,
    () => ({ cache: cache.counts, bulkheads: gatekeeper.bulkheads.occupancy }),
  );
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
      published: (execution, facts) => observatory.published(execution, facts),
      halted: (execution, reason) => observatory.halted(execution, reason),
      ended: (execution) => {
        history.note(execution);
        retention.noted();
      },
    },
  );
  const lifecycle = new Lifecycle(home, custody, learning, () => strategies.codes);
  const checkpoints = new Checkpoints(home, custody, lifecycle);
  const erasure = new Erasure(home, custody, lifecycle, history);
  const retention = new Retention(home, erasure);
  return {
    ...{ custody, lifecycle, checkpoints, history, strategies, cache, observatory, erasure, retention },
    forks: new Forks(home, custody, lifecycle),
    transfer: new Transfer(home, custody, lifecycle, erasure),
    programs: new Programs(home, custody, learning),
  };
}
