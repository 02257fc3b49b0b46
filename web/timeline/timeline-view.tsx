import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { criticalOf, slackOf } from '../model/critical.ts';
import type { ExecutionModel } from '../model/execution-model.ts';
import { ZoomButtons } from '../shell/zoom-buttons.tsx';
import type { Studio } from '../studio/studio.ts';
import { type Palette, paletteOf } from '../styles/palette.ts';
import { describeAt } from './describe-at.ts';
import { rowsOf } from './rows.ts';
import { collapsedScale, plainScale } from './time-scale.ts';
import { headHeight, labelWidth, measures, paintTimeline, type TimelineScene } from './timeline-painter.ts';
import { amount, type UsageRow, usageRows } from './usage-rows.ts';

interface Window {
  readonly from: number;
  readonly until: number;
}
const heightMax = 420;

/** Queue, run and retry-wait of every task over the worker lanes, on one axis. */
export function TimelineView({ studio }: { readonly studio: Studio }) {
  const { session } = studio;
  const { model, plan } = session;
  const [collapse, setCollapse] = useState(false);
  const [items, setItems] = useState(false);
  const [zoom, setZoom] = useState<Window | null>(null);
  const [told, setTold] = useState('');
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, scrollTop: 0 });
  const [palette, setPalette] = useState<Palette | null>(null);
  useEffect(() => setZoom(null), [session]);

  const endMs = Math.max(1, model.nowMs);
  const rows = useMemo(() => rowsOf(model, items), [model, model.version, items]);
  const runs = useMemo(() => model.segments.filter(({ lane }) => lane !== undefined), [model, model.version]);
  const scale = useMemo(
    () => (collapse ? collapsedScale(model.segments, endMs) : plainScale(endMs)),
    [model, model.version, collapse],
  );
  const criticalNodes = useMemo(
    () => new Set([...criticalOf(session).keys()].map((node) => plan?.nodes[node]?.id ?? '')),
    [session, model.version, plan],
  );
  const lanes = Math.max(1, model.lanes.count);
  const { from, until } = zoom ?? { from: 0, until: scale.length };
  const usage = useMemo(() => usageRows(model, studio.capacities), [model, model.version, studio.capacities]);
  const head = headHeight({ lanes, usage });
  const full = head + Math.max(1, rows.length) * measures.row + 4;
  const height = Math.min(heightMax, full);
  const { selected } = studio;
  const scene: TimelineScene = {
    ...{
      rows,
      runs,
      lanes,
      usage,
      nowMs: endMs,
      scale,
      from,
      until,
      scrollTop: size.scrollTop,
      criticalNodes,
      selected,
    },
  };

  useEffect(() => {
    const element = holder.current as HTMLDivElement;
    const measure = (): void => setSize({ width: element.clientWidth, scrollTop: element.scrollTop });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const recolour = (): void => setPalette(paletteOf(element));
    recolour();
    scheme.addEventListener('change', recolour);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', recolour);
    };
  }, []);
  useEffect(() => {
    if (canvas.current !== null && palette !== null && size.width > 0)
      paintTimeline(canvas.current, scene, palette, size.width, height);
  });

  const closer = (factor: number, share = 0.5): void => {
    const span = Math.min(scale.length, Math.max(scale.length / 5000, (until - from) / factor));
    const middle = from + (until - from) * share;
    const start = Math.max(0, Math.min(scale.length - span, middle - span * share));
    setZoom(span >= scale.length ? null : { from: start, until: start + span });
  };
  const slide = (share: number): void => {
    const span = until - from;
    const start = Math.max(0, Math.min(scale.length - span, from + span * share));
    setZoom(span >= scale.length ? null : { from: start, until: start + span });
  };
  const zooms = { in: () => closer(1.5), out: () => closer(1 / 1.5), fit: () => setZoom(null) };
  const keys: Readonly<Record<string, () => void>> = {
    '+': zooms.in,
    '=': zooms.in,
    '-': zooms.out,
    f: zooms.fit,
    ArrowLeft: () => slide(-0.2),
    ArrowRight: () => slide(0.2),
  };
  const at = (event: { clientX: number; clientY: number }) => {
    const box = (canvas.current as HTMLCanvasElement).getBoundingClientRect();
    const left = labelWidth(size.width);
    const share = (event.clientX - box.left - left) / Math.max(1, size.width - left - measures.pad);
    return { y: event.clientY - box.top, ms: scale.when(from + share * (until - from)), share };
  };
  return (
    <section class="card" aria-labelledby="timeline-title">
      <div class="head">
        <h2 id="timeline-title">Timeline</h2>
        <div class="tools">
          <label class="check">
            <input type="checkbox" checked={collapse} onChange={() => setCollapse(!collapse)} /> collapse idle
          </label>
          <label class="check">
            <input type="checkbox" checked={items} onChange={() => setItems(!items)} /> items
          </label>
          <ZoomButtons of="timeline" onZoom={(what) => zooms[what]()} />
        </div>
      </div>
      <div
        ref={holder}
        id="timeline"
        class="timeline"
        role="group"
        tabIndex={0}
        aria-label={summaryOf(model, rows.length, usage)}
        style={{ height: `${height}px` }}
        onKeyDown={(event) => {
          const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
          if (act === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          act();
        }}
        onWheel={(event) => {
          if (!event.ctrlKey) return;
          event.preventDefault();
          closer(Math.exp(-event.deltaY / 300), Math.min(1, Math.max(0, at(event).share)));
        }}
        onMouseMove={(event) => {
          const { y, ms } = at(event);
          const slack = plan === null ? undefined : slackOf(plan, model);
          setTold(describeAt(scene, y, ms, head, slack) ?? '');
        }}
        onMouseLeave={() => setTold('')}
        onClick={(event) => {
          const { y } = at(event);
          const row = y < head ? undefined : rows[Math.floor((y - head + size.scrollTop) / measures.row)];
          if (row !== undefined) studio.select(row.taskId);
        }}
      >
        <div class="spacer" style={{ height: `${full}px` }}>
          <canvas ref={canvas} aria-hidden="true" />
        </div>
      </div>
      <p class="quiet small told">
        {told ||
          'Thin line: queue. Bar: run. Dashes: retry-wait. Dots: waiting. ▸: critical path. Hatched: all in use. Point at a bar for its slack.'}
      </p>
    </section>
  );
}

function summaryOf({ nowMs, lanes, segments }: ExecutionModel, rows: number, usage: readonly UsageRow[]): string {
  const attempts = segments.filter(({ kind }) => kind === 'run').length;
  const inUse = usage.map(
    ({ type, peak, capacity }) =>
      `, at most ${amount(peak)}${capacity === undefined ? '' : ` of ${amount(capacity)}`} ${type} in use`,
  );
  return `timeline: ${rows} rows, ${attempts} attempts on ${lanes.count} workers in ${Math.round(nowMs)} ms${inUse.join('')}`;
}
