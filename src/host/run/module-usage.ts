import type { Usage } from '../../engine/usage.ts';
import { HeddleError } from '../../errors.ts';
import type { ModuleUsage } from '../../ports/module.ts';

/** Names of resources or metrics one module may tell of in one breath, and their length. */
const usageNamesMax = 50;
const usageNameCharsMax = 100;

const counts = ['calls', 'inputTokens', 'outputTokens', 'cachedTokens', 'costUsd'] as const;

/** What a module told of its usage, checked. @throws BAD_INPUT: it becomes the failure of the attempt that told it */
export function readUsage(told: ModuleUsage): Usage {
  const usage: Record<string, unknown> = {};
  for (const count of counts) {
    const value = told[count];
    // A service whose prices are not known has a cost of null: that is not 0, it is not told.
    if (value === undefined || value === null) continue;
    if (!(Number.isFinite(value) && value >= 0)) throw refused(count, value);
    usage[count] = value;
  }
  if (told.resources !== undefined) {
    for (const [type, amount] of Object.entries(told.resources))
      if (!(Number.isFinite(amount) && amount >= 0)) throw refused(`resources.${type}`, amount);
    usage.resources = named(told.resources);
  }
  return usage;
}

/** @throws BAD_INPUT */
export function readMetric(name: string, value: number): Usage {
  if (!Number.isFinite(value)) throw refused(`metric ${name}`, value);
  return { metrics: named({ [name]: value }) };
}

function named(record: { readonly [name: string]: number }): { readonly [name: string]: number } {
  const names = Object.keys(record);
  const bad = names.find((name) => name === '' || name.length > usageNameCharsMax);
  if (bad !== undefined || names.length > usageNamesMax) {
    const message = `usage names ${names.length} figures, ${usageNamesMax} are allowed, each with a name of 1 to ${usageNameCharsMax} characters`;
    throw new HeddleError({ code: 'BAD_INPUT', message, retryable: false });
  }
  return { ...record };
}

function refused(what: string, value: unknown): HeddleError {
  return new HeddleError({
    code: 'BAD_INPUT',
    message: `the module told a usage whose ${what} is ${String(value)}, not a finite number${what.startsWith('metric') ? '' : ' from 0 on'}`,
    retryable: false,
  });
}
