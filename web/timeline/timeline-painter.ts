import type { Segment } from '../model/segment.ts';
import { taskStates } from '../states/vocabulary.ts';
import { type Palette, prepare } from '../styles/palette.ts';
import type { Row } from './rows.ts';
import { formatMs, type TimeScale, tickStep } from './time-scale.ts';
import { paintUsage, usageHeight } from './usage-painter.ts';
import type { UsageRow } from './usage-rows.ts';

export const measures = { row: 22, lane: 14, axis: 24, bar: 12, label: 118, labelNarrow: 84, pad: 10 } as const;

/** What is drawn, and from where to where on the axis. */
export interface TimelineScene {
  readonly rows: readonly Row[];
  readonly runs: readonly Segment[];
  readonly lanes: number;
  readonly usage: readonly UsageRow[];
  readonly nowMs: number;
  readonly scale: TimeScale;
  readonly from: number;
  readonly until: number;
  readonly scrollTop: number;
  readonly criticalNodes: ReadonlySet<string>;
  readonly selected: string | null;
}

export const labelWidth = (width: number): number => (width < 520 ? measures.labelNarrow : measures.label);
/** Of the lanes. */
export const lanesHeight = ({ lanes }: Pick<TimelineScene, 'lanes'>): number => lanes * measures.lane;
/** Of everything above the rows. */
export const headHeight = (scene: Pick<TimelineScene, 'lanes' | 'usage'>): number =>
  lanesHeight(scene) + scene.usage.length * usageHeight + measures.axis + 6;

/** Worker lanes on top, then what is in use, then the axis, then the rows that are in sight. */
export function paintTimeline(
  canvas: HTMLCanvasElement,
  scene: TimelineScene,
  palette: Palette,
  width: number,
  height: number,
): void {
  const context = prepare(canvas, width, height);
  if (context === null) return;
  const left = labelWidth(width);
  const x = (ms: number): number =>
    left + ((scene.scale.at(ms) - scene.from) / (scene.until - scene.from)) * (width - left - measures.pad);
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  const head = headHeight(scene);
  drawRows(context, scene, palette, x, { left, head, width, height });
  context.fillStyle = palette.card;
  context.fillRect(0, 0, width, head);
  drawLanes(context, scene, palette, x, left, width);
  paintUsage(context, scene.usage, palette, x, { top: lanesHeight(scene), left, width, nowMs: scene.nowMs });
  drawAxis(context, scene, palette, left, head, width, height);
}

type ToX = (ms: number) => number;

function drawLanes(
  context: CanvasRenderingContext2D,
  { runs, lanes, nowMs, selected }: TimelineScene,
  palette: Palette,
  x: ToX,
  left: number,
  width: number,
): void {
  context.fillStyle = palette.quiet;
  for (let lane = 0; lane < lanes; lane++)
    context.fillText(`worker ${lane + 1}`, 2, lane * measures.lane + measures.lane / 2);
  clipped(context, left, 0, width - left, lanes * measures.lane, () => {
    const drawn = new Drawn();
    for (const { lane = 0, startMs, endMs, state, taskId } of runs) {
      const [from, until] = [x(startMs), x(endMs ?? nowMs)];
      if (until < left || from > width) continue;
      if (taskId !== selected && drawn.covers(lane, state, from, until)) continue;
      context.fillStyle = palette.states[state];
      context.globalAlpha = selected === null || selected === taskId ? 1 : 0.55;
      context.fillRect(from, lane * measures.lane + 1.5, Math.max(1.5, until - from - 0.5), measures.lane - 3);
    }
    context.globalAlpha = 1;
  });
}

function drawAxis(
  context: CanvasRenderingContext2D,
  { scale, from, until }: TimelineScene,
  palette: Palette,
  left: number,
  head: number,
  width: number,
  height: number,
): void {
  const y = head - measures.axis / 2 - 3;
  const inner = width - left - measures.pad;
  const step = tickStep(until - from, Math.max(2, inner / 110));
  context.fillStyle = palette.quiet;
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.beginPath();
  for (let tick = Math.ceil(from / step) * step; tick <= until; tick += step) {
    const at = left + ((tick - from) / (until - from)) * inner;
    context.moveTo(at, head - 4);
    context.lineTo(at, height);
    const text = formatMs(scale.when(tick));
    const half = context.measureText(text).width / 2;
    context.fillText(text, Math.min(width - 2 * half - 1, Math.max(left, at - half)), y);
  }
  context.globalAlpha = 0.6;
  context.stroke();
  context.globalAlpha = 1;
}

interface Frame {
  readonly left: number;
  readonly head: number;
  readonly width: number;
  readonly height: number;
}

function drawRows(
  context: CanvasRenderingContext2D,
  scene: TimelineScene,
  palette: Palette,
  x: ToX,
  { left, head, width, height }: Frame,
): void {
  const first = Math.max(0, Math.floor(scene.scrollTop / measures.row));
  const last = Math.min(scene.rows.length, Math.ceil((scene.scrollTop + height - head) / measures.row) + 1);
  for (let index = first; index < last; index++) {
    const row = scene.rows[index] as Row;
    const top = head + index * measures.row - scene.scrollTop;
    const isCritical = scene.criticalNodes.has(row.nodeId);
    if (scene.selected !== null && (scene.selected === row.taskId || scene.selected === row.nodeId)) {
      context.fillStyle = palette.line;
      context.globalAlpha = 0.5;
      context.fillRect(0, top, width, measures.row);
      context.globalAlpha = 1;
    }
    clipped(context, 0, top, left - 6, measures.row, () => {
      context.fillStyle = isCritical ? palette.critical : palette.ink;
      context.font = `${isCritical ? '600 ' : ''}12px system-ui, sans-serif`;
      context.fillText(`${isCritical ? '▸ ' : ''}${row.label}`, 2, top + measures.row / 2);
    });
    clipped(context, left, top, width - left, measures.row, () => {
      // Of many items some still queue while others run: what runs lies on top.
      const drawn = new Drawn();
      for (const isRun of [false, true]) {
        for (const segment of row.segments) {
          const { kind, state, startMs, endMs } = segment;
          if ((kind === 'run') !== isRun) continue;
          const [from, until] = [x(startMs), x(endMs ?? scene.nowMs)];
          if (until < left || from > width || drawn.covers(0, `${kind} ${state}`, from, until)) continue;
          drawSegment(context, segment, palette, { from, until, top, isCritical });
        }
      }
    });
  }
}

function drawSegment(
  context: CanvasRenderingContext2D,
  { kind, state }: Segment,
  palette: Palette,
  {
    from,
    until,
    top,
    isCritical,
  }: { readonly from: number; readonly until: number; readonly top: number; readonly isCritical: boolean },
): void {
  const width = Math.max(kind === 'run' ? 2 : 0.5, until - from);
  const y = top + (measures.row - measures.bar) / 2;
  if (kind === 'run') {
    context.fillStyle = palette.states[state];
    context.fillRect(from, y, width, measures.bar);
    if (state === 'failed' && width > 9) {
      context.fillStyle = palette.card;
      context.fillText(taskStates.failed.icon, from + width / 2 - 4, y + measures.bar / 2 + 0.5);
    }
    if (isCritical) {
      context.fillStyle = palette.critical;
      context.fillRect(from, y + measures.bar, width, 2.5);
    }
    return;
  }
  // Queue: a thin line; a retry-wait: dashes; a wait for a signal or a time: a dotted frame.
  context.strokeStyle = palette.states[kind === 'queue' ? 'pending' : kind === 'retry' ? 'retry' : 'signal'];
  context.lineWidth = kind === 'queue' ? 1.5 : 3;
  context.setLineDash(kind === 'queue' ? [] : kind === 'retry' ? [4, 3] : [1.5, 3]);
  context.beginPath();
  context.moveTo(from, y + measures.bar / 2);
  context.lineTo(from + width, y + measures.bar / 2);
  context.stroke();
  context.setLineDash([]);
}

/** What was drawn last of each kind: of ten thousands of segments most would lie in the pixels of the one before. */
class Drawn {
  readonly #last = new Map<string, { from: number; until: number }>();

  /** Whether one like it lies there already; otherwise it is about to be drawn. */
  covers(lane: number, kind: string, from: number, until: number): boolean {
    const key = `${lane} ${kind}`;
    const last = this.#last.get(key);
    if (last === undefined) this.#last.set(key, { from, until });
    else if (from >= last.from && until <= last.until + pixelShare) return true;
    else Object.assign(last, { from, until });
    return false;
  }
}

/** So much of a pixel more makes no difference that is seen. */
const pixelShare = 0.5;

function clipped(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  draw: () => void,
): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  draw();
  context.restore();
}
