import { useRef } from 'preact/hooks';
import { goTo, type Tab, tabs, tabTitles } from './route.ts';

/** Tabs with one stop in the tab order: arrows, Home and End choose (WAI-ARIA Authoring Practices, tabs). */
export function TabList({ current }: { readonly current: Tab }) {
  const list = useRef<HTMLDivElement>(null);
  const choose = (index: number): void => {
    const tab = tabs[(index + tabs.length) % tabs.length] ?? 'run';
    goTo(tab);
    list.current?.querySelector<HTMLElement>(`#tab-${tab}`)?.focus();
  };
  const pressed = (event: KeyboardEvent): void => {
    const now = tabs.indexOf(current);
    if (event.key === 'ArrowRight') choose(now + 1);
    else if (event.key === 'ArrowLeft') choose(now - 1);
    else if (event.key === 'Home') choose(0);
    else if (event.key === 'End') choose(tabs.length - 1);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={list} class="tabs" role="tablist" aria-label="views">
      {tabs.map((tab) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={tab === current}
          aria-controls="panel"
          tabIndex={tab === current ? 0 : -1}
          onClick={() => goTo(tab)}
          onKeyDown={pressed}
        >
          {tabTitles[tab]}
        </button>
      ))}
    </div>
  );
}
