import { apply } from '../../src/engine/apply.ts';
import { initialState } from '../../src/engine/checkpoint.ts';
import type { Command, PublishedFact, StartAttempt } from '../../src/engine/command.ts';
import type { Event, ExecutionStarted } from '../../src/engine/event.ts';
import type { ExecutionOptions } from '../../src/engine/execution-options.ts';
import { checkInvariants } from '../../src/engine/invariants.ts';
import type { ExecutionState } from '../../src/engine/state.ts';
import { findTask, taskId } from '../../src/engine/step.ts';
import type { TaskStatus } from '../../src/engine/task.ts';
import type { TaskRef } from '../../src/engine/task-ref.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { createPlan, type Plan } from '../../src/plan/plan.ts';
import type { Program, ProgramNode } from '../../src/program/program.ts';

type Nodes = { readonly [id: string]: Partial<ProgramNode> };

/** The machine alone, fed by hand: every event is checked against the invariants, and everything ordered is kept. */
export class Machine {
  readonly plan: Plan;
  readonly state: ExecutionState;
  readonly ordered: Command[] = [];
  atMs = 1000;

  constructor(
    nodes: Nodes,
    program: Partial<Program> = {},
    options: ExecutionOptions = {},
    slots = 100,
    more: Partial<ExecutionStarted> & { readonly recovers?: readonly string[] } = {},
  ) {
    const full = Object.fromEntries(
      Object.entries(nodes).map(([id, node]) => [id, doesSomething(node) ? node : { module: 'm', with: {}, ...node }]),
    );
    this.plan = createPlan({ heddle: 1, name: 'case', nodes: full, ...program }, createJsKernel());
    const started = {
      type: 'ExecutionStarted',
      executionId: 'ex',
      programDigest: 'd',
      inputs: { value: {} },
      options,
      seed: 7,
      ...more,
    } as const;
    this.state = initialState(this.plan, started);
    this.feed(started, {
      type: 'LeaseAcquired',
      epoch: 1,
      slots,
      ...(more.recovers !== undefined && { recovers: more.recovers }),
    });
  }

  feed(...events: readonly Event[]): readonly Command[] {
    const commands = events.flatMap((event) =>
      apply(this.plan, this.state, { ...event, seq: this.state.seq + 1, atMs: this.atMs }),
    );
    checkInvariants(this.plan, this.state);
    this.ordered.push(...commands);
    return commands;
  }

  succeed(...tasks: readonly string[]): readonly Command[] {
    return tasks.flatMap((task) =>
      this.feed({ type: 'AttemptSucceeded', ...this.#live(task), output: { value: task } }),
    );
  }

  fail(task: string, error: { code?: string; retryable?: boolean } = {}): readonly Command[] {
    return this.feed({
      type: 'AttemptFailed',
      ...this.#live(task),
      error: { code: 'BOOM', message: 'boom', ...error },
    });
  }

  /** Lets so much time pass, then wakes. */
  wake(afterMs: number): readonly Command[] {
    this.atMs += afterMs;
    return this.feed({ type: 'Woke' });
  }

  status(id: string): TaskStatus | undefined {
    return this.state.tasks[this.plan.indexOf.get(id) ?? -1]?.status;
  }

  /** `a` or `a[3]` of the attempts that run, in the order of nodes. */
  get running(): readonly string[] {
    return [...this.state.derived.running].map((task) => taskId(this.plan, task)).sort();
  }

  get facts(): readonly PublishedFact[] {
    return this.ordered.flatMap((command) => (command.type === 'Publish' ? [command.fact] : []));
  }

  told(type: PublishedFact['type']): readonly string[] {
    return this.facts.filter((fact) => fact.type === type).map((fact) => fact.taskId ?? '');
  }

  #live(task: string) {
    const ref = refOf(task);
    const found = findTask(this.plan, this.state, ref);
    return { ...ref, attempt: found?.attempt ?? 0, epoch: found?.epoch ?? 0 };
  }
}

function doesSomething({ program, waitFor, sleepMs, sleepUntil }: Partial<ProgramNode>): boolean {
  return [program, waitFor, sleepMs, sleepUntil].some((kind) => kind !== undefined);
}

export function started(commands: readonly Command[]): readonly string[] {
  return commands
    .filter((command): command is StartAttempt => command.type === 'StartAttempt')
    .map(({ node, item, undo }) => (undo ? `compensate(${node})` : nameOf(node, item ?? -1)));
}

/** The reference `a`, `a[3]` or `compensate(a)` stands for. */
export function refOf(task: string): TaskRef {
  const undone = /^compensate\((.*)\)$/.exec(task)?.[1];
  if (undone !== undefined) return { node: undone, undo: true };
  const [, node = '', item] = /^(.*?)(?:\[(\d+)\])?$/.exec(task) ?? [];
  return item === undefined ? { node } : { node, item: Number(item) };
}

const nameOf = (node: string, item: number): string => (item < 0 ? node : `${node}[${item}]`);
