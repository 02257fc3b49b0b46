import { useEffect } from 'preact/hooks';
import { RunTab } from '../run/run-tab.tsx';
import type { Studio } from '../studio/studio.ts';
import { useStudio } from '../studio/use-studio.ts';
import { Announcer } from './announcer.tsx';
import { listenForKeys } from './keys.ts';
import { Lazy } from './lazy.tsx';
import { type Tab, useRoute } from './route.ts';
import { StorageBanner } from './storage-banner.tsx';
import { TabList } from './tab-list.tsx';

const lazy = {
  programs: async () => (await import('../programs/programs-tab.tsx')).ProgramsTab,
  executions: async () => (await import('../executions/executions-tab.tsx')).ExecutionsTab,
  benchmark: async () => (await import('../benchmark/benchmark-tab.tsx')).BenchmarkTab,
  system: async () => (await import('../system/system-tab.tsx')).SystemTab,
} as const;

export function App({ studio: given }: { readonly studio: Studio }) {
  const studio = useStudio(given);
  const { tab, executionId } = useRoute();
  useEffect(() => listenForKeys(studio), [studio]);
  useEffect(() => {
    if (executionId !== undefined && executionId !== studio.session.live?.id)
      studio.openExecution(executionId).catch(studio.complain);
  }, [executionId, studio]);
  return (
    <>
      <Header studio={studio} tab={tab} />
      <main>
        <StorageBanner studio={studio} />
        <div id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={-1}>
          {tab === 'run' ? <RunTab studio={studio} /> : <Lazy key={tab} load={lazy[tab]} studio={studio} />}
        </div>
      </main>
      <Announcer studio={studio} />
      <footer>
        <p class="quiet">
          Keys: <kbd>r</kbd> run, <kbd>space</kbd> pause or resume, <kbd>c</kbd> cancel, <kbd>t</kbd> take over,{' '}
          <kbd>j</kbd> <kbd>k</kbd> next and previous task, <kbd>/</kbd> filter.
        </p>
      </footer>
    </>
  );
}

function Header({ studio, tab }: { readonly studio: Studio; readonly tab: Tab }) {
  const { kernel, kernelReason, workers } = studio.engine;
  const badges = [
    `kernel: ${kernel.kind}${kernelReason === undefined ? '' : ` (${kernelReason})`}`,
    `${workers} workers`,
    studio.persisted ? 'storage: persistent' : 'storage: kept while there is room',
    ...(studio.offline ? ['works offline'] : []),
    `runs: ${studio.source.kind === 'page' ? 'here' : studio.source.label}`,
  ];
  return (
    <header class="top">
      <div class="title">
        <h1>Heddle</h1>
        <p class="tagline">Programs run in this page. Reload at any moment: they go on.</p>
      </div>
      <ul id="badges" class="badges" aria-label="this page">
        {badges.map((badge) => (
          <li key={badge}>{badge}</li>
        ))}
      </ul>
      <TabList current={tab} />
    </header>
  );
}
