import type { Segment } from '../model/segment.ts';

/** Time on the axis: ms as they were, or with the idle stretches cut short. Monotone both ways. */
export interface TimeScale {
  /** Length of the whole axis, in ms of axis. */
  readonly length: number;
  readonly collapsed: readonly { readonly fromMs: number; readonly untilMs: number }[];
  /** Where a moment lies on the axis. */
  at(ms: number): number;
  /** Which moment lies there. */
  when(at: number): number;
}

/** Gaps shorter than this share of the whole are left as they are. */
const gapShareMin = 0.03;
/** What a collapsed gap keeps, as a share of the busy time. */
const gapShareKept = 0.015;

export function plainScale(endMs: number): TimeScale {
  const length = Math.max(1, endMs);
  return { length, collapsed: [], at: (ms) => ms, when: (at) => at };
}

/** Cuts stretches in which no attempt ran. */
export function collapsedScale(segments: readonly Segment[], endMs: number): TimeScale {
  const gaps = gapsOf(segments, endMs).filter(({ fromMs, untilMs }) => untilMs - fromMs > endMs * gapShareMin);
  if (gaps.length === 0) return plainScale(endMs);
  const idleMs = gaps.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
  const kept = Math.max(1, (endMs - idleMs) * gapShareKept);
  // Pieces of the axis, each with its own slope.
  const knots: { ms: number; at: number }[] = [{ ms: 0, at: 0 }];
  const add = (ms: number, by: number): void => {
    const last = knots.at(-1) as { ms: number; at: number };
    knots.push({ ms, at: last.at + by });
  };
  for (const { fromMs, untilMs } of gaps) {
    add(fromMs, fromMs - (knots.at(-1)?.ms ?? 0));
    add(untilMs, Math.min(kept, untilMs - fromMs));
  }
  add(endMs, endMs - (knots.at(-1)?.ms ?? 0));
  const length = knots.at(-1)?.at ?? endMs;
  return {
    length: Math.max(1, length),
    collapsed: gaps,
    at: (ms) => interpolate(knots, 'ms', 'at', ms),
    when: (at) => interpolate(knots, 'at', 'ms', at),
  };
}

function gapsOf(segments: readonly Segment[], endMs: number) {
  const runs = segments.filter(({ kind }) => kind === 'run').sort((a, b) => a.startMs - b.startMs);
  const gaps: { fromMs: number; untilMs: number }[] = [];
  let busyUntilMs = 0;
  for (const { startMs, endMs: until } of runs) {
    if (startMs > busyUntilMs) gaps.push({ fromMs: busyUntilMs, untilMs: startMs });
    busyUntilMs = Math.max(busyUntilMs, until ?? endMs);
  }
  if (endMs > busyUntilMs) gaps.push({ fromMs: busyUntilMs, untilMs: endMs });
  return gaps;
}

type Knot = { readonly ms: number; readonly at: number };

function interpolate(knots: readonly Knot[], from: keyof Knot, to: keyof Knot, value: number): number {
  let index = 1;
  while (index < knots.length - 1 && (knots[index]?.[from] ?? 0) < value) index++;
  const [a, b] = [knots[index - 1] as Knot, knots[index] as Knot];
  const span = b[from] - a[from];
  return span <= 0 ? b[to] : a[to] + ((value - a[from]) / span) * (b[to] - a[to]);
}

/** Round steps for about that many ticks: 1, 2 or 5 times a power of ten. */
export function tickStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1e-6)));
  return power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
}

export function formatMs(ms: number): string {
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  if (ms < 10_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${(ms / 60_000).toFixed(1)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}
