import { useEffect, useState } from 'preact/hooks';

export const tabs = ['run', 'programs', 'executions', 'benchmark', 'system'] as const;
export type Tab = (typeof tabs)[number];

export const tabTitles: Readonly<Record<Tab, string>> = {
  run: 'Run',
  programs: 'Programs',
  executions: 'Executions',
  benchmark: 'Benchmark',
  system: 'System',
};

export interface Route {
  readonly tab: Tab;
  /** Of `#/run/<execution id>`. */
  readonly executionId?: string;
}

export function readRoute(hash: string): Route {
  const [tab = '', id] = hash.replace(/^#\/?/, '').split('/');
  const known = tabs.find((each) => each === tab) ?? 'run';
  try {
    return id === undefined || id === '' ? { tab: known } : { tab: known, executionId: decodeURIComponent(id) };
  } catch {
    return { tab: known };
  }
}

export function goTo(tab: Tab): void {
  location.hash = `#/${tab}`;
}

/** The route in the address, followed. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => readRoute(location.hash));
  useEffect(() => {
    const follow = (): void => setRoute(readRoute(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
}
