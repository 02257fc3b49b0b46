import type { AttemptRef } from './task-ref.ts';

/**
 * What attempts of modules told that they used. Counts and costs of several add up, of what is held the peak counts. JSON-safe;
 * what was not told is absent.
 */
export interface Usage {
  /** Of a service that is paid by the call or the token, such as a language model. */
  readonly calls?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Of the input tokens, those read from the service's cache. */
  readonly cachedTokens?: number;
  /** US dollars, of the calls whose price is known. */
  readonly costUsd?: number;
  /** The most that was really used at once of what nodes claim under `resources`, in its units. */
  readonly resources?: { readonly [type: string]: number };
  /** The module's own metrics by name: the sum of what was told under it. */
  readonly metrics?: { readonly [name: string]: number };
}

/** An attempt is over, or was given up, and told what it used. Changes nothing, so it needs no fence: what was used was used. */
export interface UsageReported extends AttemptRef {
  readonly type: 'UsageReported';
  readonly usage: Usage;
}

const counts = ['calls', 'inputTokens', 'outputTokens', 'cachedTokens', 'costUsd'] as const;

export function addUsage(a: Usage, b: Usage): Usage {
  const together: { -readonly [Key in keyof Usage]: Usage[Key] } = {};
  for (const count of counts) {
    const [left, right] = [a[count], b[count]];
    if (left !== undefined || right !== undefined) together[count] = (left ?? 0) + (right ?? 0);
  }
  if (a.resources ?? b.resources) together.resources = merged(a.resources, b.resources, Math.max);
  if (a.metrics ?? b.metrics) together.metrics = merged(a.metrics, b.metrics, (left, right) => left + right);
  return together;
}

function merged(
  a: { readonly [name: string]: number } = {},
  b: { readonly [name: string]: number } = {},
  join: (left: number, right: number) => number,
): { readonly [name: string]: number } {
  const all = new Map(Object.entries(a));
  for (const [name, value] of Object.entries(b)) {
    const known = all.get(name);
    all.set(name, known === undefined ? value : join(known, value));
  }
  return Object.fromEntries(all);
}
