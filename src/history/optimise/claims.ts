import type { Program } from '../../program/program.ts';
import type { Profile } from '../profile.ts';
import type { Change } from './change.ts';
import { runsMin } from './timeouts.ts';

/** The claim leaves so much room above the most that was ever used. */
const room = 1.2;
/** A claim this close to what it should be stays. */
const closeEnough = 0.1;
/** Claims are rounded up to three digits: nobody measures more. */
const digits = 3;

/**
 * Claims that follow from what modules told that they really used (`ctx.usage`): lower where much lies idle, higher where more is
 * used than was claimed. What nobody told stays as it is.
 *
 * @param capacity of the host; nothing above it is proposed, because that could never be granted
 */
export function proposeClaims(
  program: Program,
  profile: Profile,
  capacity: Readonly<Record<string, number>> = {},
): readonly Change[] {
  return Object.entries(program.nodes).flatMap(([id, { resources }]) => {
    const known = Object.hasOwn(profile.nodes, id) ? profile.nodes[id] : undefined;
    if (resources === undefined || known?.resourcePeaks === undefined || known.runs < runsMin) return [];
    const { resourcePeaks: peaks } = known;
    const told: string[] = [];
    const claims = Object.entries(resources).map(([type, claim]) => {
      const peak = Object.hasOwn(peaks, type) ? peaks[type] : undefined;
      if (peak === undefined) return [type, claim] as const;
      const to = Math.min(roundedUp(peak * room), Object.hasOwn(capacity, type) ? (capacity[type] ?? 0) : claim);
      if (Math.abs(to - claim) <= claim * closeEnough) return [type, claim] as const;
      told.push(`at most ${peak} of ${type} was used, and ${claim} is claimed`);
      return [type, to] as const;
    });
    if (told.length === 0) return [];
    const why = `In ${known.runs} runs ${told.join('; ')}.`;
    return { path: `nodes.${id}.resources`, from: resources, to: Object.fromEntries(claims), why };
  });
}

function roundedUp(amount: number): number {
  if (amount <= 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(amount)) - digits + 1);
  // Division by a unit below 1 is off by a last digit: the text of the number is not.
  return Number((Math.ceil(amount / unit - 1e-9) * unit).toPrecision(digits));
}
