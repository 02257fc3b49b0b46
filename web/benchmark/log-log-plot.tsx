import { useEffect, useRef, useState } from 'preact/hooks';
import { count, type Measurement, pointsOf, rivalNames } from './report.ts';
import type { Point } from './statistics.ts';
import type { Task } from './workload.ts';

/** In px of the screen, so that letters are as large as elsewhere, however wide it is. */
const space = { left: 58, right: 34, top: 14, bottom: 40 } as const;
const heights = { min: 210, max: 380, share: 0.5 } as const;
/** Numbers of nodes that are nearer would touch. */
const labelWidthMin = 62;
/** Told by its dashes and its marks too. */
const looks = {
  'WASM kernel': { look: 'wasm', mark: 'circle' },
  'plain JS kernel': { look: 'plain-js', mark: 'square' },
  'idiomatic JS': { look: 'idiomatic-js', mark: 'diamond' },
} as const;

/** Median time by size, both logarithmic, with the band from p10 to p90. */
export function LogLogPlot({
  measurements,
  task,
}: {
  readonly measurements: readonly Measurement[];
  readonly task: Task;
}) {
  const svg = useRef<SVGSVGElement>(null);
  const [width, setWidth] = useState(560);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 560)));
    observer.observe(svg.current as SVGSVGElement);
    return () => observer.disconnect();
  }, []);
  const height = Math.min(heights.max, Math.max(heights.min, width * heights.share));
  const size = { width, height, ...space };
  const shown = measurements.filter((each) => each.task === task);
  const nodes = [10, ...shown.map((each) => each.nodes)];
  const times = shown.flatMap(({ spread }) => [spread.p10Ms, spread.p90Ms]).filter((ms) => ms > 0);
  const [x0, x1] = [1, Math.max(2, Math.ceil(Math.log10(Math.max(...nodes))))];
  const [y0, y1] = times.length === 0 ? [-3, 0] : bounds(times);
  const toX = (value: number): number =>
    size.left + ((Math.log10(value) - x0) / (x1 - x0)) * (size.width - size.left - size.right);
  const toY = (ms: number): number =>
    size.height -
    size.bottom -
    ((Math.log10(Math.max(ms, 10 ** y0)) - y0) / (y1 - y0)) * (size.height - size.top - size.bottom);
  const step = Math.ceil(labelWidthMin / Math.max(1, toX(10 ** (x0 + 1)) - toX(10 ** x0)));
  const told = shown
    .map(({ rival, nodes: n, spread }) => `${rival}, ${count(n)} nodes: ${short(spread.medianMs)}`)
    .join('; ');
  return (
    <svg
      ref={svg}
      height={height}
      class="benchmark-plot"
      viewBox={`0 0 ${size.width} ${size.height}`}
      role="img"
      aria-label={`median times. ${told}`}
    >
      {powers(x0, x1).map((power) => (
        <g key={`x${power}`}>
          <line class="grid" x1={toX(10 ** power)} x2={toX(10 ** power)} y1={size.top} y2={size.height - size.bottom} />
          {(power - x0) % step === 0 ? (
            <text class="faint" x={toX(10 ** power)} y={size.height - size.bottom + 16} text-anchor="middle">
              {count(10 ** power)}
            </text>
          ) : null}
        </g>
      ))}
      {powers(y0, y1).map((power) => (
        <g key={`y${power}`}>
          <line class="grid" x1={size.left} x2={size.width - size.right} y1={toY(10 ** power)} y2={toY(10 ** power)} />
          <text class="faint" x={size.left - 6} y={toY(10 ** power) + 4} text-anchor="end">
            {short(10 ** power)}
          </text>
        </g>
      ))}
      <text class="faint" x={(size.left + size.width) / 2} y={size.height - 6} text-anchor="middle">
        nodes
      </text>
      {rivalNames.map((rival) => (
        <Line key={rival} points={pointsOf(shown, task, rival)} rival={rival} toX={toX} toY={toY} />
      ))}
    </svg>
  );
}

interface LineProps {
  readonly points: readonly Point[];
  readonly rival: keyof typeof looks;
  readonly toX: (nodes: number) => number;
  readonly toY: (ms: number) => number;
}

function Line({ points, rival, toX, toY }: LineProps) {
  const path = (list: readonly (readonly [number, number])[]): string => list.map(([x, y]) => `${x} ${y}`).join('L');
  const up = points.map(({ nodes, spread }) => [toX(nodes), toY(spread.p90Ms)] as const);
  const down = points.map(({ nodes, spread }) => [toX(nodes), toY(spread.p10Ms)] as const).toReversed();
  const middle = points.map(({ nodes, spread }) => [toX(nodes), toY(spread.medianMs)] as const);
  if (points.length === 0) return null;
  const { look, mark } = looks[rival];
  return (
    <g class={look}>
      <path class="band" d={`M${path([...up, ...down])}Z`} />
      <path class="median" d={`M${path(middle)}`} />
      {middle.map(([x, y]) => (
        <path key={x} class="point" d={markAt(mark, x, y)} />
      ))}
    </g>
  );
}

/** The sign of a rival, for the legend. */
export function RivalSign({ rival }: { readonly rival: keyof typeof looks }) {
  const { look, mark } = looks[rival];
  return (
    <svg class={`rival-sign ${look}`} viewBox="0 0 34 12" width="34" height="12" aria-hidden="true">
      <path class="median" d="M1 6L33 6" />
      <path class="point" d={markAt(mark, 17, 6)} />
    </svg>
  );
}

function markAt(mark: 'circle' | 'square' | 'diamond', x: number, y: number): string {
  const r = 4;
  if (mark === 'circle') return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
  if (mark === 'square') return `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`;
  return `M${x} ${y - r - 1}l${r + 1} ${r + 1}l${-r - 1} ${r + 1}l${-r - 1} ${-r - 1}Z`;
}

function bounds(times: readonly number[]): readonly [number, number] {
  const low = Math.floor(Math.log10(Math.min(...times)));
  return [low, Math.max(low + 1, Math.ceil(Math.log10(Math.max(...times))))];
}

const powers = (from: number, until: number): readonly number[] =>
  Array.from({ length: until - from + 1 }, (_, index) => from + index);

export function short(ms: number): string {
  if (ms >= 1000) return `${round(ms / 1000)} s`;
  return ms >= 1 ? `${round(ms)} ms` : `${round(ms * 1000)} µs`;
}

const round = (value: number): string => String(Number(value.toPrecision(3)));
