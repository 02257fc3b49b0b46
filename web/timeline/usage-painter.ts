import type { Palette } from '../styles/palette.ts';
import { amount, isFull, type UsageRow } from './usage-rows.ts';

export const usageHeight = 26;
const inset = 4;

/**
 * How much of each resource is in use over time, against a dashed line for all there is. Where it is full the colour is another,
 * it is hatched, and the label says so.
 */
export function paintUsage(
  context: CanvasRenderingContext2D,
  rows: readonly UsageRow[],
  palette: Palette,
  x: (ms: number) => number,
  {
    top,
    left,
    width,
    nowMs,
  }: { readonly top: number; readonly left: number; readonly width: number; readonly nowMs: number },
): void {
  rows.forEach((row, index) => {
    const above = top + index * usageHeight;
    const bottom = above + usageHeight - inset;
    const tall = usageHeight - 2 * inset;
    const heightOf = (value: number): number => (value / row.full) * tall;
    const now = row.steps.at(-1)?.used ?? 0;
    // Of what nothing is in use, the most that was.
    const told = now > 0 ? amount(now) : `≤ ${amount(row.peak)}`;
    const of = row.capacity === undefined ? '' : `/${amount(row.capacity)}`;
    context.save();
    context.beginPath();
    context.rect(0, above, left - 6, usageHeight);
    context.clip();
    context.fillStyle = isFull(now, row) ? palette.states.held : palette.quiet;
    context.fillText(`${isFull(now, row) ? '▽ ' : ''}${row.type} ${told}${of}`, 2, above + usageHeight / 2);
    context.restore();
    context.save();
    context.beginPath();
    context.rect(left, above, width - left, usageHeight);
    context.clip();
    const areas = { some: new Path2D(), all: new Path2D() };
    const edges = { some: new Path2D(), all: new Path2D() };
    row.steps.forEach(({ atMs, used }, step) => {
      const [from, until] = [x(atMs), x(row.steps[step + 1]?.atMs ?? nowMs)];
      if (used <= 0 || until < left || from > width) return;
      const [wide, high] = [Math.max(0.5, until - from), heightOf(used)];
      const kind = isFull(used, row) ? 'all' : 'some';
      areas[kind].rect(from, bottom - high, wide, high);
      edges[kind].rect(from, bottom - high, wide, 1.5);
    });
    for (const kind of ['some', 'all'] as const) {
      context.fillStyle = palette.states[kind === 'all' ? 'held' : 'running'];
      context.globalAlpha = 0.45;
      context.fill(areas[kind]);
      context.globalAlpha = 1;
      context.fill(edges[kind]);
    }
    hatch(context, areas.all, palette.states.held, { from: left, until: width, top: bottom - tall, bottom });
    if (row.capacity !== undefined) {
      context.strokeStyle = palette.quiet;
      context.lineWidth = 1;
      context.setLineDash([3, 3]);
      context.beginPath();
      context.moveTo(left, bottom - heightOf(row.capacity) - 0.5);
      context.lineTo(width, bottom - heightOf(row.capacity) - 0.5);
      context.stroke();
    }
    context.restore();
  });
}

/** Strokes from one side to the other, where the area is. */
function hatch(
  context: CanvasRenderingContext2D,
  area: Path2D,
  colour: string,
  {
    from,
    until,
    top,
    bottom,
  }: { readonly from: number; readonly until: number; readonly top: number; readonly bottom: number },
): void {
  const step = 6;
  context.save();
  context.clip(area);
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let at = from - (bottom - top); at < until; at += step) {
    context.moveTo(at, bottom);
    context.lineTo(at + bottom - top, top);
  }
  context.stroke();
  context.restore();
}
