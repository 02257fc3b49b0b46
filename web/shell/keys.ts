import type { Studio } from '../studio/studio.ts';

/** Shortcuts, wherever the focus is but in a field. @returns how to stop listening */
export function listenForKeys(studio: Studio): () => void {
  const pressed = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches('input, select, textarea')) return;
    // Space and Enter belong to what has the focus.
    if (event.key === ' ' && target.matches('button, summary, a')) return;
    const act = actions(studio)[event.key];
    if (act === undefined || document.querySelector('#run') === null) return;
    event.preventDefault();
    act();
  };
  document.addEventListener('keydown', pressed);
  return () => document.removeEventListener('keydown', pressed);
}

function actions(studio: Studio): Readonly<Record<string, () => void>> {
  const click = (id: string) => (): void => document.querySelector<HTMLButtonElement>(id)?.click();
  const step = (by: number) => (): void => {
    const ids = studio.session.plan?.nodes.map(({ id }) => id) ?? [...studio.session.model.tasks.keys()];
    const now = ids.indexOf(studio.selected ?? '');
    studio.select(ids[now < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, now + by))] ?? null);
  };
  return {
    r: click('#run'),
    ' ': click('#pause'),
    c: click('#cancel'),
    t: click('#take-over'),
    j: step(1),
    k: step(-1),
    '/': () => document.querySelector<HTMLElement>('#log-filter')?.focus(),
  };
}
