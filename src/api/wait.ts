import type { ExecutionHandle } from '../host/execution-engine.ts';

const waitSecondsMax = 30;

/** `Prefer: wait=30` (RFC 7240), in seconds. */
export function waitOf(prefer: string | undefined): number {
  const seconds = Number(/\bwait=(\d+)/.exec(prefer ?? '')?.[1] ?? 0);
  return Math.min(seconds, waitSecondsMax);
}

export async function endsWithin(handle: ExecutionHandle, seconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  const ended = handle.result().then(() => true);
  return Promise.race([ended, late]).finally(() => {
    if (timer !== null) clearTimeout(timer);
  });
}
