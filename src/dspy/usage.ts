import type { TokenUsage } from '../ports/language-model.ts';

export const noUsage: TokenUsage = { calls: 0, inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };

/** Two usages together. The cost is null as soon as a part of it is not known. */
export function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    costUsd: a.costUsd === null || b.costUsd === null ? null : a.costUsd + b.costUsd,
  };
}

/** What was spent, by model. */
export class UsageTracker {
  readonly #byModel = new Map<string, TokenUsage>();

  add(model: string, usage: TokenUsage): void {
    this.#byModel.set(model, addUsage(this.#byModel.get(model) ?? noUsage, usage));
  }

  get byModel(): { readonly [model: string]: TokenUsage } {
    return Object.fromEntries(this.#byModel);
  }

  get total(): TokenUsage {
    return [...this.#byModel.values()].reduce(addUsage, noUsage);
  }
}
