import { Lazy } from '../shell/lazy.tsx';
import type { Studio } from '../studio/studio.ts';
import { TaskPicker } from './task-picker.tsx';

const loadAccount = async () => (await import('./task-account.tsx')).TaskAccount;

/** The task that is selected, and which that is. */
export function TaskDetail({ studio }: { readonly studio: Studio }) {
  return (
    <section class="card detail" aria-labelledby="detail-title" data-testid="detail">
      <h2 id="detail-title">Task</h2>
      <TaskPicker studio={studio} />
      {studio.selected === null ? (
        <p class="quiet">Choose a task, here or in the graph, to see what it did.</p>
      ) : (
        <Lazy load={loadAccount} studio={studio} />
      )}
    </section>
  );
}
