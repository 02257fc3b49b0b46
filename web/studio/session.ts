import type { ExecutionResult, ExecutionUpdate } from '../../src/host/view/execution-view.ts';
import type { GraphKernel } from '../../src/kernel/kernel.ts';
import type { ExecutionStatus } from '../../src/observe/status.ts';
import { createPlan, type Plan } from '../../src/plan/plan.ts';
import type { Program } from '../../src/program/program.ts';
import { ExecutionModel } from '../model/execution-model.ts';
import type { LiveExecution, Source } from '../source/source.ts';

/** One execution as the page follows it: its plan, what happened, and how it stands. Without one, a plan that may be run. */
export interface Session {
  readonly source: Source;
  readonly live: LiveExecution | null;
  readonly plan: Plan | null;
  readonly model: ExecutionModel;
  status: ExecutionStatus | null;
  progress: ExecutionUpdate['progress'] | null;
  result: ExecutionResult | null;
  /** Another tab drove it when that was last looked at. */
  isWatched: boolean;
  /** Why it is no longer followed. */
  failure: unknown;
}

export function newSession(source: Source, plan: Plan | null, live: LiveExecution | null): Session {
  const model = new ExecutionModel(
    (id) => plan?.indexOf.has(id) ?? false,
    (id) => plan?.nodes[plan.indexOf.get(id) ?? -1]?.gated ?? false,
  );
  const isWatched = live?.isWatched ?? false;
  const status = live?.status ?? null;
  return { source, live, plan, model, status, isWatched, progress: null, result: null, failure: null };
}

/** A plan to show; null when the program has none. */
export function planToShow(program: Program | undefined, kernel: GraphKernel): Plan | null {
  try {
    return program === undefined ? null : createPlan(program, kernel);
  } catch {
    return null;
  }
}

/** Follows an execution to its end; `changed` is called whenever there is something new. */
export async function follow(session: Session, changed: () => void, isCurrent: () => boolean): Promise<void> {
  const { live, model } = session;
  if (live === null) return;
  try {
    for await (const { status, progress, events } of live.monitor()) {
      if (!isCurrent()) return;
      for (const event of events) model.take(event);
      session.status = status;
      session.progress = progress ?? session.progress;
      changed();
    }
    const result = await live.result();
    if (!isCurrent()) return;
    session.result = result;
    session.status = result.status;
  } catch (thrown) {
    session.failure = thrown;
  }
  changed();
}
