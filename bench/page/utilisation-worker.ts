import { exposeModules } from '../../src/adapters/browser/expose-modules.ts';

/** Computes for so long, and says from when to when. */
function spin({ ms }: { readonly ms: number }) {
  const fromMs = performance.timeOrigin + performance.now();
  let untilMs = fromMs;
  while (untilMs - fromMs < ms) untilMs = performance.timeOrigin + performance.now();
  return { fromMs, untilMs };
}

exposeModules([{ name: 'spin', version: '1', run: spin }]);
addEventListener('message', ({ data }: MessageEvent<{ readonly bareMs?: number }>) => {
  if (data?.bareMs !== undefined) (globalThis as unknown as Worker).postMessage({ bare: spin({ ms: data.bareMs }) });
});
