import { useEffect, useState } from 'preact/hooks';
import { FactList } from '../shell/fact-list.tsx';
import type { Studio } from '../studio/studio.ts';
import { formatMs } from '../timeline/time-scale.ts';

const everyMs = 2000;

interface Health {
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
  readonly heapBytes: number | null;
}

/** Storage, memory, workers and permits of this page, looked at every two seconds. */
export function HealthCard({ studio }: { readonly studio: Studio }) {
  const [health, setHealth] = useState<Health | null>(null);
  useEffect(() => {
    const look = (): void => void measure().then(setHealth);
    look();
    const timer = setInterval(look, everyMs);
    return () => clearInterval(timer);
  }, []);
  const { engine, session, persisted, firstTaskMs } = studio;
  const { model, result } = session;
  const { storage } = engine.engine;
  const kept = persisted ? 'persistent' : 'kept while there is room';
  const running = [...model.tasks.values()].filter(({ open }) => open?.kind === 'run').length;
  const held = [...model.tasks.values()].filter(({ state }) => state === 'held').map(({ id }) => id);
  const facts: readonly (readonly [string, string])[] = [
    [
      'Kernel',
      engine.kernelReason === undefined ? engine.kernel.kind : `${engine.kernel.kind}: ${engine.kernelReason}`,
    ],
    ['Workers', `${running} of ${engine.workers} busy`],
    ['Waiting for permits', held.length === 0 ? 'none' : held.slice(0, 8).join(', ')],
    ['Storage', storage.state === 'ok' ? kept : `fails: ${storage.reason}`],
    ...(storage.lost === undefined ? [] : [['Storage lost', storage.lost.at.toLocaleString()] as const]),
    [
      'Stored',
      health?.usedBytes === null || health === null
        ? 'unknown'
        : `${size(health.usedBytes)} of ${size(health.quotaBytes ?? 0)}`,
    ],
    ['Memory', health?.heapBytes == null ? 'the browser does not tell' : size(health.heapBytes)],
    ['Recoveries of this execution', String(model.recoveries)],
    ['First task after load', firstTaskMs === null ? 'none has run yet' : formatMs(firstTaskMs)],
  ];
  const usage = result?.resourceUsage ?? [];
  return (
    <section class="card" aria-labelledby="health-title">
      <h2 id="health-title">Health and resources</h2>
      <FactList name="health" facts={facts} />
      {usage.length > 0 ? (
        <ul>
          {usage.slice(0, 20).map(({ resourceId, resourceType, amountUsed, efficiency }) => (
            <li key={resourceId}>
              {amountUsed} of {resourceType}: {Math.round(efficiency * 100)} % of the time used
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

async function measure(): Promise<Health> {
  const { usage = null, quota = null } = await navigator.storage.estimate().catch(() => ({ usage: null, quota: null }));
  const { memory } = performance as { memory?: { usedJSHeapSize: number } };
  return { usedBytes: usage, quotaBytes: quota, heapBytes: memory?.usedJSHeapSize ?? null };
}

function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 2 ** (10 * power)).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
