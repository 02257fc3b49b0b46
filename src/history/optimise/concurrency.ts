import type { Program } from '../../program/program.ts';
import type { Change } from './change.ts';
import type { Forecast } from './forecast.ts';

/** A makespan this close to the best one is as good. */
const tolerance = 1.02;

/**
 * The fewest slots with which the program is done as soon as with all the host has, but for 2 %: more would only keep
 * others waiting, fewer this one.
 *
 * @param slots of the host
 */
export function proposeConcurrency(program: Program, forecast: Forecast, slots: number): readonly Change[] {
  const most = forecast.slotsOf(slots);
  const present = program.limits?.concurrency;
  if (most <= 1 || forecast.workMs === 0) return [];
  const bestMs = forecast.makespanMs(most, true);
  const enough = fewest(forecast, most, bestMs);
  if (enough === Math.min(present ?? most, most)) return [];
  // A limit that would never be reached is none.
  if ((present ?? most) > enough && forecast.slotsUsed(most) <= enough) return [];
  const why =
    present !== undefined && present < enough
      ? `With ${enough} slots instead of ${present} it is expected to take ${ms(forecast, enough)} instead of ${ms(forecast, present)} ms.`
      : `More than ${enough} slots win next to nothing: with ${enough} it is expected to take ${ms(forecast, enough)} ms, with ${most} ${ms(forecast, most)} ms.`;
  if (program.limits === undefined) return [{ path: 'limits', from: null, to: { concurrency: enough }, why }];
  return [{ path: 'limits.concurrency', from: present ?? null, to: enough, why }];
}

/** From below, because one slot more can, now and then, make a list schedule longer. */
function fewest(forecast: Forecast, most: number, bestMs: number): number {
  const atLeast = Math.max(1, Math.ceil(forecast.workMs / (bestMs * tolerance)));
  for (let slots = atLeast; slots < most; slots++)
    if (forecast.makespanMs(slots, true) <= bestMs * tolerance) return slots;
  return most;
}

const ms = (forecast: Forecast, slots: number): number => Math.round(forecast.makespanMs(slots, true));
