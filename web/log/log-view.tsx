import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ExecutionEvent } from '../../src/host/view/execution-view.ts';
import { download } from '../shell/download.ts';
import type { Studio } from '../studio/studio.ts';
import { formatMs } from '../timeline/time-scale.ts';

const rowHeight = 26;
const overscan = 8;

/** The events: only those in sight are elements, so that 50,000 are as fast as 50. */
export function LogView({ studio }: { readonly studio: Studio }) {
  const { model } = studio.session;
  const [filter, setFilter] = useState('');
  const [tail, setTail] = useState(true);
  const [scroll, setScroll] = useState({ top: 0, height: 300 });
  const holder = useRef<HTMLDivElement>(null);
  /** How far it was last scrolled to follow: any other place is where a person wants to be. */
  const followed = useRef(0);
  const wanted = filter.trim().toLowerCase();
  const shown = useMemo(
    () => (wanted === '' ? model.log : model.log.filter((event) => matches(event, wanted))),
    [model, model.log.length, wanted],
  );
  const full = shown.length * rowHeight;
  // Whoever follows sees the end: it is drawn there before the browser has scrolled.
  const top = tail ? Math.max(0, full - scroll.height) : Math.min(scroll.top, Math.max(0, full - scroll.height));
  const first = Math.max(0, Math.floor(top / rowHeight) - overscan);
  const last = Math.min(shown.length, Math.ceil((top + scroll.height) / rowHeight) + overscan);
  const look = (next: { readonly top: number; readonly height: number }): void =>
    setScroll((now) => (now.top === next.top && now.height === next.height ? now : next));
  useEffect(() => {
    const element = holder.current as HTMLDivElement;
    const observer = new ResizeObserver(([entry]) => {
      look({ top: element.scrollTop, height: entry?.contentRect.height ?? 0 });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (!tail) return;
    // With the other changes of the frame: to scroll makes the browser lay the page out.
    const frame = requestAnimationFrame(() => {
      followed.current = Math.max(0, full - scroll.height);
      holder.current?.scrollTo({ top: full });
    });
    return () => cancelAnimationFrame(frame);
  }, [full, tail]);
  return (
    <section class="card events" aria-labelledby="log-title">
      <div class="head">
        <h2 id="log-title">Events</h2>
        <div class="tools">
          <label class="filter">
            <span class="hidden">Filter events</span>
            <input
              id="log-filter"
              type="search"
              placeholder="filter by type, task or text"
              value={filter}
              onInput={(event) => setFilter(event.currentTarget.value)}
            />
          </label>
          <label class="check">
            <input type="checkbox" checked={tail} onChange={() => setTail(!tail)} /> follow
          </label>
          <button
            type="button"
            disabled={model.log.length === 0}
            onClick={() => download('events.jsonl', model.log.map((event) => `${JSON.stringify(event)}\n`).join(''))}
          >
            Save
          </button>
        </div>
      </div>
      <div
        ref={holder}
        id="log"
        class="log"
        data-testid="log"
        tabIndex={0}
        role="group"
        aria-label={`${shown.length} events`}
        onScroll={(event) => {
          const { scrollTop: top, clientHeight: height, scrollHeight } = event.currentTarget;
          // Another execution is shorter: the browser scrolls to what is its end.
          const isEnd = top >= scrollHeight - height - rowHeight;
          if (tail && (isEnd || Math.abs(top - followed.current) <= rowHeight)) return;
          setTail(false);
          look({ top, height });
        }}
      >
        <div class="rows" style={{ height: `${full}px` }}>
          {shown.slice(first, last).map((event, index) => (
            <LogRow
              key={first + index}
              event={event}
              top={(first + index) * rowHeight}
              startMs={model.startedAtMs}
              studio={studio}
            />
          ))}
        </div>
      </div>
      <p class="quiet small">{shown.length === 0 ? 'No events.' : `${shown.length} of ${model.log.length} events`}</p>
    </section>
  );
}

interface LogRowProps {
  readonly event: ExecutionEvent;
  readonly top: number;
  readonly startMs: number;
  readonly studio: Studio;
}

function LogRow({ event: { id, type, timestamp, description, taskId }, top, startMs, studio }: LogRowProps) {
  const chosen = taskId !== undefined && taskId === studio.selected;
  return (
    <div
      class={`row ${toneOf(type)}${chosen ? ' chosen' : ''}`}
      data-type={type}
      style={{ top: `${top}px` }}
      title={description}
      onClick={() => taskId !== undefined && studio.select(taskId)}
    >
      <span class="id">{id}</span>
      <span class="time">{formatMs(timestamp.getTime() - startMs)}</span>
      <span class="text">{description}</span>
    </div>
  );
}

const matches = ({ type, taskId = '', description }: ExecutionEvent, wanted: string): boolean =>
  `${type} ${taskId} ${description}`.toLowerCase().includes(wanted);

function toneOf(type: string): string {
  if (type.endsWith('FAILED')) return 'bad';
  return type === 'TASK_RETRIED' || type === 'TASK_TIMED_OUT' || type === 'RECOVERY_INITIATED' ? 'odd' : '';
}
