import type { PublishedFact } from '../engine/command.ts';
import { AttemptsFold, isEndOfExecution } from './attempts.ts';

/** Per unit and ms; what has no price costs nothing. */
export type ResourcePrices = Readonly<Record<string, number>>;

/** What a task held of one resource, once. Times are in ms. */
export interface TaskResourceUsage {
  /** `<task>#<n>/<type>`: the n-th time, from 1, that the task held something. */
  readonly resourceId: string;
  readonly resourceType: string;
  readonly amountUsed: number;
  /** amountUsed × ms held × price. */
  readonly cost: number;
  readonly startedAtMs: number;
  /** Absent while it is held. */
  readonly endedAtMs?: number;
  /** Share of the time it was held in which an attempt of the task ran, 0 to 1; 1 when it was held for no time. */
  readonly efficiency: number;
}

/** What a task holds, or held, together. */
interface Allocation {
  readonly taskId: string;
  readonly count: number;
  readonly resources: Readonly<Record<string, number>>;
  readonly sinceMs: number;
  busyMs: number;
  endedAtMs: number | null;
}

/** Folds RESOURCE_ALLOCATED and RESOURCE_RELEASED, and the attempts between them, into what resources were used for. */
export class ResourceUsageFold {
  readonly #prices: ReadonlyMap<string, number>;
  readonly #attempts = new AttemptsFold();
  readonly #counts = new Map<string, number>();
  readonly #held = new Map<string, Allocation>();
  readonly #all: Allocation[] = [];
  /** Of what was released: figures are asked for far more often than something is. */
  #endedCost = 0;

  constructor(prices: ResourcePrices = {}) {
    this.#prices = new Map(Object.entries(prices));
  }

  take(fact: PublishedFact): void {
    // A task gets what it asks for before it starts, so attempts of one that never got anything use nothing.
    if (fact.taskId !== undefined && fact.type !== 'RESOURCE_ALLOCATED' && !this.#hasHeld(fact.taskId)) return;
    for (const { taskId, startedAtMs, endedAtMs } of this.#attempts.take(fact)) {
      const held = this.#held.get(taskId);
      if (held !== undefined) held.busyMs += overlap(held, startedAtMs, endedAtMs);
    }
    const { type, atMs, taskId = '', resources } = fact;
    if (type === 'RESOURCE_ALLOCATED' && resources !== undefined) this.#allocate(taskId, resources, atMs);
    else if (type === 'RESOURCE_RELEASED') this.#release(taskId, atMs);
    // What a host held when it was lost is told to be released; this only keeps a broken log from costing for ever.
    else if (isEndOfExecution(type)) for (const held of [...this.#held.keys()]) this.#release(held, atMs);
  }

  #hasHeld(taskId: string): boolean {
    return this.#all.length > 0 && this.#counts.has(taskId);
  }

  /** Whether no task ever held anything. */
  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** By the time of the allocation. @param nowMs until when what is held has been held */
  snapshot(nowMs: number): readonly TaskResourceUsage[] {
    return this.#all.flatMap((allocation) => this.#usageOf(allocation, nowMs));
  }

  /** Sum of all costs. */
  cost(nowMs: number): number {
    if (this.#prices.size === 0) return 0;
    return [...this.#held.values()].reduce((sum, held) => sum + this.#costOf(held, nowMs), this.#endedCost);
  }

  #allocate(taskId: string, resources: Readonly<Record<string, number>>, atMs: number): void {
    this.#release(taskId, atMs);
    const count = (this.#counts.get(taskId) ?? 0) + 1;
    this.#counts.set(taskId, count);
    const allocation = { taskId, count, resources, sinceMs: atMs, busyMs: 0, endedAtMs: null };
    this.#held.set(taskId, allocation);
    this.#all.push(allocation);
  }

  #release(taskId: string, atMs: number): void {
    const held = this.#held.get(taskId);
    if (held === undefined) return;
    this.#held.delete(taskId);
    held.busyMs += this.#runningMs(held, atMs);
    held.endedAtMs = Math.max(held.sinceMs, atMs);
    this.#endedCost += this.#costOf(held, atMs);
  }

  /** Of the attempt that has not ended. */
  #runningMs(held: Allocation, untilMs: number): number {
    const open = this.#attempts.open.get(held.taskId);
    return open === undefined ? 0 : overlap(held, open.startedAtMs, untilMs);
  }

  #costOf(allocation: Allocation, nowMs: number): number {
    return this.#usageOf(allocation, nowMs).reduce((sum, { cost }) => sum + cost, 0);
  }

  #usageOf(allocation: Allocation, nowMs: number): readonly TaskResourceUsage[] {
    const { taskId, count, resources, sinceMs, endedAtMs } = allocation;
    const heldMs = (endedAtMs ?? Math.max(sinceMs, nowMs)) - sinceMs;
    const busyMs = allocation.busyMs + (endedAtMs === null ? this.#runningMs(allocation, nowMs) : 0);
    return Object.entries(resources).map(([type, amount]) => ({
      resourceId: `${taskId}#${count}/${type}`,
      resourceType: type,
      amountUsed: amount,
      cost: amount * heldMs * (this.#prices.get(type) ?? 0),
      startedAtMs: sinceMs,
      ...(endedAtMs !== null && { endedAtMs }),
      efficiency: heldMs === 0 ? 1 : Math.min(1, busyMs / heldMs),
    }));
  }
}

function overlap({ sinceMs }: Allocation, fromMs: number, untilMs: number): number {
  return Math.max(0, untilMs - Math.max(fromMs, sinceMs));
}
