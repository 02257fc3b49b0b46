import { svg } from './dom.ts';
import type { ExecutionModel, Span } from './execution-model.ts';

const row = { height: 20, gap: 4, label: 30, axis: 22 };
const spanWidthMin = 2;

/** Attempts over time, one lane for each that ran at once: white gaps are idle time. */
export class TimelineView {
  readonly #container: HTMLElement;

  constructor(container: HTMLElement) {
    this.#container = container;
  }

  render(model: ExecutionModel): void {
    const lanes = assignLanes(model.spans);
    const lastMs = Math.max(1, ...model.spans.map((span) => span.endMs ?? span.startMs));
    const width = Math.max(300, this.#container.clientWidth - 2);
    const scale = (width - row.label - 10) / lastMs;
    const laneCount = Math.max(1, ...lanes.map((lane) => lane + 1));
    const height = laneCount * (row.height + row.gap) + row.axis;
    const spans = model.spans.map((span, index) => drawSpan(span, lanes[index] ?? 0, scale, lastMs));
    const labels = Array.from({ length: laneCount }, (_, lane) =>
      svg('text', { class: 'faint', x: 0, y: lane * (row.height + row.gap) + 14 }, `w${lane + 1}`),
    );
    const shares = width < 500 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
    const ticks = shares.map((share) => {
      const x = row.label + share * lastMs * scale;
      const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
      return svg(
        'text',
        { class: 'faint', x, y: height - 5, 'text-anchor': anchor },
        `${Math.round(share * lastMs)} ms`,
      );
    });
    this.#container.replaceChildren(
      svg(
        'svg',
        { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': 'attempts over time' },
        ...labels,
        ...spans,
        ...ticks,
      ),
    );
  }
}

/** The first lane that is free when an attempt starts. */
function assignLanes(spans: readonly Span[]): readonly number[] {
  const freeFromMs: number[] = [];
  return spans.map(({ startMs, endMs }) => {
    const free = freeFromMs.findIndex((ms) => ms <= startMs);
    const lane = free < 0 ? freeFromMs.length : free;
    freeFromMs[lane] = endMs ?? Number.POSITIVE_INFINITY;
    return lane;
  });
}

function drawSpan({ taskId, startMs, endMs, state }: Span, lane: number, scale: number, lastMs: number): SVGElement {
  const widthPx = Math.max(spanWidthMin, ((endMs ?? lastMs) - startMs) * scale - 1);
  return svg(
    'rect',
    {
      class: `span ${state}`,
      x: row.label + startMs * scale,
      y: lane * (row.height + row.gap),
      width: widthPx,
      height: row.height,
      rx: 3,
    },
    svg(
      'title',
      {},
      `${taskId}: ${Math.round(startMs)} to ${endMs === null ? 'now' : `${Math.round(endMs)} ms`}, ${state}`,
    ),
  );
}
