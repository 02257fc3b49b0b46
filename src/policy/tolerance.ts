import type { Tolerance } from '../program/program.ts';

/** How many failures are borne before the whole is judged failed. */
export function failuresBorne(tolerance: Tolerance): number {
  if (tolerance === 'strict') return 0;
  return tolerance === 'tolerant' ? Number.POSITIVE_INFINITY : tolerance.threshold;
}
