import type { AcquirePermits, ReleasePermits } from '../../engine/command.ts';
import type { PermitsGranted, PermitsRefused } from '../../engine/event.ts';
import { toErrorData } from '../../errors.ts';
import type { PlanNode } from '../../plan/plan-node.ts';
import { taskIdOf, taskRefOf } from '../task-names.ts';
import type { Admission, Gatekeeper } from './gatekeeper.ts';
import { gatesOf } from './gates.ts';

export interface PermitDeskOptions {
  readonly executionId: string;
  readonly node: (id: string) => PlanNode;
  readonly gatekeeper: Gatekeeper;
  readonly answer: (event: PermitsGranted | PermitsRefused) => void;
}

interface Held {
  readonly abort: AbortController;
  admission: Admission | null;
}

/** What the tasks of one execution ask of the gatekeeper, and what they hold. */
export class PermitDesk {
  readonly #options: PermitDeskOptions;
  readonly #held = new Map<string, Held>();

  constructor(options: PermitDeskOptions) {
    this.#options = options;
  }

  acquire(command: AcquirePermits): void {
    const { executionId, node, gatekeeper, answer } = this.#options;
    const key = taskIdOf(command);
    const held: Held = { abort: new AbortController(), admission: null };
    this.#held.set(key, held);
    const ref = { ...taskRefOf(command), epoch: command.epoch };
    const { spec, priority } = node(command.node);
    const gates = gatesOf(spec, priority) ?? { priority };
    gatekeeper.admit(gates, `${executionId}/${key}`, held.abort.signal).then(
      (admission) => {
        // Given back in the meantime: what was granted goes straight back.
        if (this.#held.get(key) !== held) {
          if (admission.granted) giveBack({ ...held, admission }, 'abandoned');
          return;
        }
        held.admission = admission;
        if (admission.granted) return answer({ type: 'PermitsGranted', ...ref });
        this.#held.delete(key);
        const { refused: error } = admission;
        const retryAfterMs = error.details?.retryAfterMs;
        answer({ type: 'PermitsRefused', ...ref, error, ...(typeof retryAfterMs === 'number' && { retryAfterMs }) });
      },
      (thrown) => {
        if (this.#held.get(key) !== held) return;
        this.#held.delete(key);
        answer({ type: 'PermitsRefused', ...ref, error: toErrorData(thrown, 'STORAGE_FAILED') });
      },
    );
  }

  release(command: ReleasePermits): void {
    const key = taskIdOf(command);
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    giveBack(held, command.outcome);
  }

  /** The host lets the execution go. */
  stop(): void {
    for (const held of this.#held.values()) giveBack(held, 'abandoned');
    this.#held.clear();
  }
}

function giveBack({ abort, admission }: Held, outcome: ReleasePermits['outcome']): void {
  // What is still waited for; nobody listens once it is granted.
  if (admission === null) abort.abort();
  // What a breaker could not be told is a lost vote, not a reason to stop: everything held is free all the same.
  if (admission?.granted) admission.release(outcome).catch(() => undefined);
}
