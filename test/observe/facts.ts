import type { PublishedFact } from '../../src/engine/command.ts';

type Line = readonly [PublishedFact['type'], atMs: number, more?: Omit<Partial<PublishedFact>, 'type' | 'atMs'>];

/** Facts written by hand, numbered from 1. */
export function factsOf(...lines: readonly Line[]): readonly PublishedFact[] {
  return lines.map(([type, atMs, more], index) => ({ id: index + 1, type, atMs, ...more }));
}

/** Those of one attempt of a task. */
export const of = (taskId: string, attempt = 1) => ({ taskId, attempt });

export const boom = { code: 'BOOM', message: 'it burst' };
