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
    row.steps.forEach(({ atMs, used }, step) => {
      const [from, until] = [x(atMs), x(row.steps[step + 1]?.atMs ?? nowMs)];
      if (used <= 0 || until < left || from > width) return;
      const [wide, high] = [Math.max(0.5, until - from), heightOf(used)];
      context.fillStyle = isFull(used, row) ? palette.states.held : palette.states.running;
      context.globalAlpha = 0.45;
      context.fillRect(from, bottom - high, wide, high);
      context.globalAlpha = 1;
      context.fillRect(from, bottom - high, wide, 1.5);
      if (isFull(used, row)) hatch(context, from, bottom - high, wide, high);
    });
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

/** Strokes from one corner to the other, in the colour that is set. */
function hatch(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
  const step = 6;
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = context.fillStyle;
  context.lineWidth = 1;
  context.beginPath();
  // From a multiple of the step, so that neighbours go on where one ends.
  for (let at = Math.floor((x - height) / step) * step; at < x + width; at += step) {
    context.moveTo(at, y + height);
    context.lineTo(at + height, y);
  }
  context.stroke();
  context.restore();
}
