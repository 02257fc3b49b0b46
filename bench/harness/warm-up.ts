/** So much faster from one stretch to the next is still warming up. */
const fasterBy = 0.05;
/** Nobody is warmed up longer than so many times his share. */
const warmUpSharesMax = 12;

/**
 * Runs it for so many ms, and then on for as long as it gets faster: the more code somebody has, the longer it takes until all of it is
 * compiled, and what is asked here is what it costs then.
 * @returns ms of one run once warm
 */
export async function warmUp(run: (round: number) => unknown, ms: number): Promise<number> {
  const endMs = performance.now() + ms * warmUpSharesMax;
  let perRunMs = await stretch(run, ms);
  for (let steady = 0; steady < 2 && performance.now() < endMs; ) {
    const nowMs = await stretch(run, ms);
    steady = nowMs < perRunMs * (1 - fasterBy) ? 0 : steady + 1;
    perRunMs = Math.min(perRunMs, nowMs);
  }
  return perRunMs;
}

/** @returns ms of one run, the median of all in that time */
async function stretch(run: (round: number) => unknown, ms: number): Promise<number> {
  const endMs = performance.now() + ms;
  const tookMs: number[] = [];
  for (let startMs = performance.now(); startMs < endMs; ) {
    const done = run(tookMs.length);
    if (done instanceof Promise) await done;
    const nowMs = performance.now();
    tookMs.push(nowMs - startMs);
    startMs = nowMs;
  }
  return tookMs.sort((a, b) => a - b)[tookMs.length >> 1] as number;
}
