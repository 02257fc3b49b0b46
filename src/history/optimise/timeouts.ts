import { limits } from '../../program/limits.ts';
import type { Program } from '../../program/program.ts';
import type { Profile } from '../profile.ts';
import type { Change } from './change.ts';

/** From how many runs on a percentile is worth something. */
export const runsMin = 20;

/** The timeout leaves so much room above the slowest of a hundred attempts. */
const factor = 3;

/**
 * A timeout for every node that has none, or one so short that it cuts off attempts that are merely slow. One that is
 * longer than needed stays: somebody chose it.
 */
export function proposeTimeouts(program: Program, profile: Profile, floorMs: number): readonly Change[] {
  return Object.entries(program.nodes).flatMap(([id, { module, program: child, timeoutMs }]) => {
    const known = Object.hasOwn(profile.nodes, id) ? profile.nodes[id] : undefined;
    if (known === undefined || known.runs < runsMin || (module === undefined && child === undefined)) return [];
    const to = Math.min(Math.ceil(Math.max(floorMs, known.p99Ms * factor)), limits.durationMsMax);
    if (timeoutMs !== undefined && timeoutMs >= to) return [];
    const now =
      timeoutMs === undefined ? 'and there is no timeout' : `and the timeout of ${timeoutMs} ms is close to that`;
    const why = `99 % of ${known.attempts} attempts took at most ${Math.round(known.p99Ms)} ms, ${now}.`;
    return { path: `nodes.${id}.timeoutMs`, from: timeoutMs ?? null, to, why };
  });
}
