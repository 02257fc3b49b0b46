import { RankSet } from '../kernel/rank-set.ts';
import type { PlanNode } from '../plan/plan-node.ts';
import { type Derived, type ExecutionState, nodeItself, type Task } from './state.ts';

/** Ready tasks by rank: nodes that have something to start, and for forEach nodes which of their items are ready again. */
export class ReadyIndex {
  /** Ranks. A node may be in here with nothing to start just now; dispatch finds out and drops it. */
  readonly nodes: RankSet;
  readonly #items = new Map<number, RankSet>();

  constructor(nodes: number) {
    this.nodes = new RankSet(nodes);
  }

  add(state: ExecutionState, task: Task): void {
    if (task.item > nodeItself) {
      const items = this.#items.get(task.node) ?? new RankSet(state.fanOuts.get(task.node)?.count ?? 0);
      items.add(task.item);
      this.#items.set(task.node, items);
    }
    this.nodes.add(rankOf(state, task.node));
  }

  delete(state: ExecutionState, task: Task): void {
    if (task.item > nodeItself) this.#items.get(task.node)?.delete(task.item);
    else this.nodes.delete(rankOf(state, task.node));
  }

  has(state: ExecutionState, task: Task): boolean {
    if (task.item > nodeItself) return this.#items.get(task.node)?.has(task.item) ?? false;
    return this.nodes.has(rankOf(state, task.node));
  }

  /** The lowest item of the node that is ready again; -1 when there is none. */
  firstItem(node: number): number {
    return this.#items.get(node)?.first() ?? -1;
  }
}

export function rankOf(state: Pick<ExecutionState, 'derived'>, node: number): number {
  return state.derived.ranking.rankOf[node] ?? 0;
}

/** Where a ready task belongs: waits, and tasks that have yet to get their permits, need no slot to go on. */
export function readyIndexOf(node: PlanNode, { derived }: { readonly derived: Derived }, task: Task): ReadyIndex {
  const slotted = !startsUnslotted(node) || task.granted || task.fallback || task.item < nodeItself;
  return slotted ? derived.ready : derived.unslotted;
}

/** Where items of the node that never started are found. */
export function newItemsIndex(node: PlanNode, { derived }: { readonly derived: Derived }): ReadyIndex {
  return startsUnslotted(node) ? derived.unslotted : derived.ready;
}

function startsUnslotted({ kind, gated }: PlanNode): boolean {
  return kind === 'wait' || gated;
}
