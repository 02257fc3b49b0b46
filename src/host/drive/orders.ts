import { saveState } from '../../engine/checkpoint.ts';
import type { Command, Publish, SaveCheckpoint } from '../../engine/command.ts';
import type { Event } from '../../engine/event.ts';
import { checkInvariants } from '../../engine/invariants.ts';
import { isOwnCheckpoint } from '../../engine/save-points.ts';
import type { ExecutionState } from '../../engine/state.ts';
import type { ErrorData } from '../../errors.ts';
import { type Plan, planNodeOf } from '../../plan/plan.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoredCheckpoint } from '../../ports/journal-store.ts';
import type { ModuleRunner } from '../../ports/module-runner.ts';
import { encode } from '../../program/canonical.ts';
import { PermitDesk } from '../gates/permit-desk.ts';
import { askRecovery } from '../recover/recovery-desk.ts';
import { Attempts } from '../run/attempts.ts';
import type { Bindings } from '../values/bindings.ts';
import { asValue } from '../values/estimate-bytes.ts';
import type { Values } from '../values/values.ts';
import type { LiveNote } from '../view/live-note.ts';
import type { SavedFigures } from './figures.ts';
import { answer, type Question } from './questions.ts';
import type { Services } from './services.ts';
import { isAtRest, savedSizeOf } from './state-size.ts';

export interface OrdersOptions {
  readonly plan: Plan;
  readonly state: ExecutionState;
  readonly epoch: number;
  readonly bindings: Bindings;
  readonly values: Values;
  readonly clock: Clock;
  readonly runner: ModuleRunner;
  readonly services: Services;
  /** @param checkpoint to be stored in the same commit as the event */
  readonly deliver: (event: Event, checkpoint?: StoredCheckpoint) => void;
  readonly noted: (note: LiveNote) => void;
  readonly figures: () => SavedFigures | undefined;
  /** Something an order needs could not be read: the driver cannot go on. */
  readonly failed: (thrown: unknown) => void;
}

/** A checkpoint holds every task, and writing it costs more than replaying an event for each would. */
const eventsPerTask = 2;

/** Carries out what the machine orders; every order but Publish, which is the driver's, has a door here. */
export class Orders {
  readonly #options: OrdersOptions;
  readonly #attempts: Attempts;
  readonly #permits: PermitDesk;
  /** A checkpoint that has been put off. */
  #putOff: SaveCheckpoint | null = null;

  constructor(options: OrdersOptions) {
    this.#options = options;
    const { plan, state, values, runner, clock, services, bindings, deliver, noted } = options;
    this.#attempts = new Attempts({
      state,
      runner,
      children: services.children,
      cache: services.cache,
      work: (command) => bindings.work(state, command),
      store: (output) => values.put(output),
      now: () => clock.now(),
      measures: plan.program.limits?.checkpoint?.bytes !== undefined,
      answer: (event) => deliver(event),
      note: noted,
    });
    this.#permits = new PermitDesk({
      executionId: state.executionId,
      node: (id) => planNodeOf(plan, id),
      gatekeeper: services.gatekeeper,
      answer: (event) => deliver(event),
    });
  }

  /** What is asked of values has no effect: it may be answered before anything of its turn is durable. */
  answer(question: Question): void {
    answer(question, this.#options);
  }

  carryOut(command: Exclude<Command, Publish>): void {
    const { clock, state, deliver } = this.#options;
    switch (command.type) {
      case 'StartAttempt':
        return this.#attempts.start(command);
      case 'AbortAttempt':
        return this.#attempts.abort(command);
      case 'AcquirePermits':
        return this.#permits.acquire(command);
      case 'ReleasePermits':
        return this.#permits.release(command);
      case 'AskRecovery':
        return askRecovery(command, { ...this.#options, ...this.#options.services });
      case 'WakeAt':
        return clock.wakeAt(state.executionId, command.atMs, () => deliver({ type: 'Woke' }));
      case 'SaveCheckpoint':
        return this.#isTooSoon(command) ? this.#putOffUntilLater(command) : this.#saveCheckpoint(command);
      default:
        return this.answer(command);
    }
  }

  /** Everything a turn has ordered is under way: looks after what was put off. */
  turnEnded(): void {
    const command = this.#putOff;
    // Who is at rest may be put away, and should come back at once.
    if (command === null || (this.#isTooSoon(command) && !isAtRest(this.#options.state))) return;
    this.#putOff = null;
    // A restore takes back what was ordered, and after the end there is nothing to come back to.
    const { checkpointsDue, phase } = this.#options.state;
    if (phase !== 'finished' && checkpointsDue.includes(command.checkpointId)) this.#saveCheckpoint(command);
  }

  /** Lets everything go without an answer. */
  stop(reason: ErrorData): void {
    this.#attempts.stop(reason);
    this.#permits.stop();
    this.#options.clock.wakeAt(this.#options.state.executionId, null, () => undefined);
  }

  /**
   * A checkpoint holds the whole state. One that the machine orders by itself, at a fixed number of events, is put off until
   * the events since the last are worth it: so checkpoints cost the same an event however large the program is, and what
   * a recovery has to replay stays in proportion to what it has to load. Nobody else's order is put off.
   */
  #isTooSoon({ checkpointId }: SaveCheckpoint): boolean {
    const { state, plan } = this.#options;
    if (plan.program.limits?.checkpoint !== undefined || !isOwnCheckpoint(state.executionId, checkpointId))
      return false;
    return state.seq - state.checkpointSeq < savedSizeOf(state) * eventsPerTask;
  }

  #putOffUntilLater(command: SaveCheckpoint): void {
    this.#putOff = command;
  }

  #saveCheckpoint({ checkpointId }: SaveCheckpoint): void {
    const { state, plan, clock, deliver } = this.#options;
    checkInvariants(plan, state);
    const { executionId, seq } = state;
    const figures = this.#options.figures();
    const bytes = encode(asValue({ ...saveState(state), ...(figures !== undefined && { figures }) }));
    deliver(
      { type: 'CheckpointSaved', checkpointId },
      { checkpointId, executionId, seq, createdAtMs: clock.now(), bytes },
    );
  }
}
