import { expect } from 'vitest';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { type CanonicalLine, canonicalLog } from '../../src/observe/canonical-log.ts';
import { createPlan } from '../../src/plan/plan.ts';
import { parseDocument } from '../../src/program/parse.ts';
import type { Program } from '../../src/program/program.ts';
import { checkProgram } from '../../src/program/validate.ts';

/** An event as any home tells it, over HTTP with its dates as text. */
export interface HomeEvent {
  readonly type: string;
  readonly taskId?: string;
  readonly timestamp: Date | string;
  readonly data?: { readonly attempt?: number; readonly reason?: string; readonly error?: { readonly code: string } };
}

/** A program of retries, a fallback, a skip, a fan-out and a join: everything a log can tell, without any luck. */
export const everyEnding = `
heddle: 1
name: every-ending
tolerance: tolerant
nodes:
  flaky: { module: test.flaky, with: { failures: 2 }, retry: { attempts: 3, backoff: fixed, delayMs: 5 } }
  broken: { module: test.flaky, with: { failures: 9 }, fallback: { value: { substituted: true } } }
  hopeless: { module: test.flaky, with: { failures: 9 } }
  unreached: { module: test.wait, with: { ms: 1 }, needs: [hopeless] }
  rescued: { module: test.wait, with: { ms: 1 }, needs: [hopeless], trigger: failure }
  refused: { module: test.wait, with: { ms: 1 }, if: "flaky.attempt == 1" }
  each: { module: test.wait, with: { ms: "\${item}" }, forEach: { items: [3, 1, 2], maxParallel: 2 } }
  either: { module: test.wait, with: { ms: 1 }, needs: [hopeless, flaky], join: any }
outputs: { flaky: "\${flaky}", broken: "\${broken}", each: "\${each}" }
`;

export const everyEndingResult = {
  flaky: { attempt: 3 },
  broken: { substituted: true },
  each: [{ waited: 3 }, { waited: 1 }, { waited: 2 }],
};

export function canonical(program: string, events: readonly HomeEvent[]): readonly CanonicalLine[] {
  const plan = createPlan(checkProgram(parseDocument(program)), createJsKernel());
  const order = Array.from(plan.order, (index) => plan.nodes[index]?.id ?? '');
  const lines = events.map(({ type, taskId, data }) => ({
    type: type as CanonicalLine['type'],
    ...(taskId !== undefined && { taskId }),
    ...(data?.attempt !== undefined && { attempt: data.attempt }),
    ...(data?.reason !== undefined && { reason: data.reason }),
    ...(data?.error !== undefined && { errorCode: data.error.code }),
  }));
  return canonicalLog(order, lines);
}

/** A node of 50 ms with a child, beside a node of 600 ms that has nothing to do with them. */
export const noBarrier: Program = {
  heddle: 1,
  name: 'no-barrier',
  nodes: {
    quick: { module: 'test.wait', with: { ms: 50 } },
    slow: { module: 'test.wait', with: { ms: 600 } },
    child: { module: 'test.wait', with: { ms: 1 }, needs: ['quick'] },
  },
};

export function expectNoBarrier(events: readonly HomeEvent[]): void {
  const at = (type: string, taskId: string): number =>
    new Date(events.find((event) => event.type === type && event.taskId === taskId)?.timestamp ?? Number.NaN).getTime();
  // Nearer to the end of what it waited for than to the end of what a barrier would have made it wait for.
  const waitedMs = at('TASK_STARTED', 'child') - at('TASK_COMPLETED', 'quick');
  expect(waitedMs).toBeLessThan(at('TASK_COMPLETED', 'slow') - at('TASK_STARTED', 'child'));
  expect(at('TASK_COMPLETED', 'child')).toBeLessThan(at('TASK_COMPLETED', 'slow'));
}
