import { useEffect, useRef, useState } from 'preact/hooks';
import { executionStates, taskStates } from '../states/vocabulary.ts';
import type { Studio } from '../studio/studio.ts';

const everyMs = 1000;

/** Tells screen readers what has changed, at most once a second. */
export function Announcer({ studio }: { readonly studio: Studio }) {
  const [told, setTold] = useState('');
  const latest = useRef('');
  const { session, selected } = studio;
  const status = session.status === null ? 'not started' : executionStates[session.status].word;
  const counts =
    session.progress === null ? '' : `, ${session.progress.completedTasks} of ${session.progress.totalTasks} tasks`;
  const chosen =
    selected === null ? '' : `. Selected: ${selected}, ${taskStates[session.model.stateOf(selected)].word}`;
  latest.current = `${status}${counts}${chosen}`;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    // Each pause begins when the last one is over: a busy page never tells two at once.
    const tell = (): void => {
      setTold(latest.current);
      timer = setTimeout(tell, everyMs);
    };
    tell();
    return () => clearTimeout(timer);
  }, []);
  return (
    <p class="hidden" aria-live="polite">
      {told}
    </p>
  );
}
