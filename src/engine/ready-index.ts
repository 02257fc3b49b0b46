import { RankSet } from '../kernel/rank-set.ts';
import type { PlanNode } from '../plan/plan-node.ts';
import type { Ranking } from '../plan/ranking.ts';
import { nodeItself, type Task } from './task.ts';

/** What is read of the state (state.ts), which holds the indexes. */
interface Ranked {
  readonly derived: { readonly ranking: Ranking };
}
interface FannedOut {
  readonly fanOuts: ReadonlyMap<number, { readonly count: number }>;
}
interface ReadyIndexes {
  readonly ready: ReadyIndex;
  readonly unslotted: ReadyIndex;
}

/** Ready tasks by rank: nodes that have something to start, and for forEach nodes which of their items are ready again. */
export class ReadyIndex {
  /** Ranks. A node may be in here with nothing to start just now; dispatch finds out and drops it. */
  readonly nodes: RankSet;
  readonly #items = new Map<number, RankSet>();

  constructor(nodes: number) {
    this.nodes = new RankSet(nodes);
  }

  add(state: Ranked & FannedOut, task: Task): void {
    if (task.item > nodeItself) {
      const items = this.#items.get(task.node) ?? new RankSet(state.fanOuts.get(task.node)?.count ?? 0);
      items.add(task.item);
      this.#items.set(task.node, items);
    }
    this.nodes.add(rankOf(state, task.node));
  }

  delete(state: Ranked & FannedOut, task: Task): void {
    if (task.item > nodeItself) this.#items.get(task.node)?.delete(task.item);
    else this.nodes.delete(rankOf(state, task.node));
  }

  has(state: Ranked & FannedOut, task: Task): boolean {
    if (task.item > nodeItself) return this.#items.get(task.node)?.has(task.item) ?? false;
    return this.nodes.has(rankOf(state, task.node));
  }

  /** The lowest item of the node that is ready again; -1 when there is none. */
  firstItem(node: number): number {
    return this.#items.get(node)?.first() ?? -1;
  }
}

export function rankOf(state: Ranked, node: number): number {
  return state.derived.ranking.rankOf[node] ?? 0;
}

/** Where a ready task belongs: waits, and tasks that have yet to get their permits, need no slot to go on. */
export function readyIndexOf(node: PlanNode, { derived }: { readonly derived: ReadyIndexes }, task: Task): ReadyIndex {
  const slotted = !startsUnslotted(node) || task.granted || task.fallback || task.item < nodeItself;
  return slotted ? derived.ready : derived.unslotted;
}

/** Where items of the node that never started are found. */
export function newItemsIndex(node: PlanNode, { derived }: { readonly derived: ReadyIndexes }): ReadyIndex {
  return startsUnslotted(node) ? derived.unslotted : derived.ready;
}

function startsUnslotted({ kind, gated }: PlanNode): boolean {
  return kind === 'wait' || gated;
}
