/** From a moment on so much of something is in use. */
export interface UsageStep {
  readonly atMs: number;
  readonly used: number;
}

/** What attempts take up beside each other: a slot of a worker each. */
export const slots = 'slots';

/** How much of each resource is in use over time, folded from what tasks took and gave back. */
export class Usage {
  readonly steps = new Map<string, UsageStep[]>();
  readonly #held = new Map<string, Readonly<Record<string, number>>>();

  take(taskId: string, amounts: Readonly<Record<string, number>>, atMs: number): void {
    this.give(taskId, atMs);
    this.#held.set(taskId, amounts);
    for (const [type, amount] of Object.entries(amounts)) this.change(type, amount, atMs);
  }

  give(taskId: string, atMs: number): void {
    const amounts = this.#held.get(taskId);
    this.#held.delete(taskId);
    for (const [type, amount] of Object.entries(amounts ?? {})) this.change(type, -amount, atMs);
  }

  /** What nobody is left to give back. */
  giveAll(atMs: number): void {
    for (const taskId of [...this.#held.keys()]) this.give(taskId, atMs);
  }

  change(type: string, by: number, atMs: number): void {
    const steps = this.steps.get(type) ?? [];
    this.steps.set(type, steps);
    const last = steps.at(-1);
    const used = Math.max(0, (last?.used ?? 0) + by);
    if (last !== undefined && last.atMs >= atMs) steps[steps.length - 1] = { atMs: last.atMs, used };
    else steps.push({ atMs, used });
  }
}

/** How much was in use at a moment. */
export function usedAt(steps: readonly UsageStep[], ms: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.atMs ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1]?.used ?? 0;
}
