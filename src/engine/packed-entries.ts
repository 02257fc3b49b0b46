import type { Value } from '../program/value.ts';
import type { AttemptSucceeded, JournalEntry } from './event.ts';

/**
 * Attempts of whole nodes that succeeded in one turn, with outputs small enough to be journaled as they are: what journals consist of
 * for the most part. Their numbers follow one another from `seq`; one `attempt` stands for all that have the same.
 */
type Successes = readonly [
  seq: number,
  atMs: number,
  epoch: number,
  attempts: number | readonly number[],
  nodes: readonly string[],
  outputs: readonly Value[],
];

/** Entries as they are stored, in their order: each by itself, or many successes together. */
export type PackedEntries = readonly (JournalEntry | Successes)[];

export function packEntries(entries: readonly JournalEntry[]): PackedEntries {
  const packed: (JournalEntry | Successes)[] = [];
  for (let at = 0; at < entries.length; ) {
    const first = entries[at] as JournalEntry;
    const until = isPlainSuccess(first) ? endOfSuccesses(entries, at, first) : at;
    packed.push(until > at ? successes(entries.slice(at, until) as readonly PlainSuccess[]) : first);
    at = Math.max(until, at + 1);
  }
  return packed;
}

/** @param packed or entries as they were stored before they were packed */
export function unpackEntries(packed: PackedEntries): readonly JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const each of packed) {
    if (!isSuccesses(each)) {
      entries.push(each);
      continue;
    }
    const [seq, atMs, epoch, attempts, nodes, outputs] = each;
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[index] as string;
      const attempt = typeof attempts === 'number' ? attempts : (attempts[index] as number);
      const output = { value: outputs[index] as Value };
      entries.push({ type: 'AttemptSucceeded', node, attempt, epoch, output, seq: seq + index, atMs });
    }
  }
  return entries;
}

type PlainSuccess = AttemptSucceeded & { readonly output: { readonly value: Value } } & {
  readonly seq: number;
  readonly atMs: number;
};

const membersOfPlain = ['type', 'node', 'attempt', 'epoch', 'output', 'seq', 'atMs'].length;

/** By the number of its members, so that one that tells more is never cut short. */
function isPlainSuccess(entry: JournalEntry): entry is PlainSuccess {
  if (entry.type !== 'AttemptSucceeded' || !('value' in entry.output) || entry.output.value === undefined) return false;
  return Object.keys(entry).length === membersOfPlain;
}

/** Index after the last entry that goes together with the first. */
function endOfSuccesses(entries: readonly JournalEntry[], from: number, { seq, atMs, epoch }: PlainSuccess): number {
  let at = from + 1;
  for (; at < entries.length; at++) {
    const entry = entries[at] as JournalEntry;
    if (!isPlainSuccess(entry) || entry.epoch !== epoch) break;
    if (entry.atMs !== atMs || entry.seq !== seq + at - from) break;
  }
  return at;
}

function successes(entries: readonly PlainSuccess[]): Successes {
  const { seq, atMs, epoch, attempt } = entries[0] as PlainSuccess;
  const attempts = entries.every((entry) => entry.attempt === attempt)
    ? attempt
    : entries.map((entry) => entry.attempt);
  return [seq, atMs, epoch, attempts, entries.map(({ node }) => node), entries.map(({ output }) => output.value)];
}

function isSuccesses(each: JournalEntry | Successes): each is Successes {
  return Array.isArray(each);
}
