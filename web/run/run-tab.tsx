import { TaskDetail } from '../detail/task-detail.tsx';
import { GraphView } from '../graph/graph-view.tsx';
import { LogView } from '../log/log-view.tsx';
import { executionStates, taskStates } from '../states/vocabulary.ts';
import type { Studio } from '../studio/studio.ts';
import { formatMs } from '../timeline/time-scale.ts';
import { TimelineView } from '../timeline/timeline-view.tsx';
import { Gallery } from './gallery.tsx';
import { OtherTabCard } from './other-tab-card.tsx';
import { ResultView } from './result-view.tsx';
import { SignalCard } from './signal-card.tsx';
import { StartCard } from './start-card.tsx';

export function RunTab({ studio }: { readonly studio: Studio }) {
  const { session } = studio;
  return (
    <div class="run">
      <div class="side">
        <StartCard studio={studio} />
        <OtherTabCard studio={studio} />
        <SignalCard studio={studio} />
        <section class="card answer" aria-labelledby="answer-title">
          <h2 id="answer-title">Result</h2>
          <div id="answer" data-testid="answer">
            <ResultView session={session} />
          </div>
        </section>
        <TaskDetail studio={studio} />
      </div>
      <div class="stage">
        <ProgressCard studio={studio} />
        <GraphView studio={studio} />
        <TimelineView studio={studio} />
        <Gallery studio={studio} />
        <LogView studio={studio} />
      </div>
    </div>
  );
}

function ProgressCard({ studio }: { readonly studio: Studio }) {
  const { session } = studio;
  const { progress, status, live, result, model } = session;
  const waits = [...model.tasks.values()].some(({ state }) => state === 'signal');
  const { percentage = 0, completedTasks = 0, totalTasks = 0, estimatedTimeRemaining } = progress ?? {};
  const parts = [
    `${completedTasks}/${totalTasks} tasks`,
    `${Math.round(percentage)} %`,
    estimatedTimeRemaining === undefined || waits ? '' : `eta ${formatMs(estimatedTimeRemaining)}`,
    status === null ? '' : `${executionStates[status].icon}\u00a0${executionStates[status].word}`,
    session.isWatched && studio.isUnderWay ? 'in another tab' : '',
  ];
  const text = status === null ? 'not started' : parts.filter((part) => part !== '').join(' · ');
  return (
    <section class="card slim" aria-labelledby="progress-title">
      <div class="head">
        <h2 id="progress-title">Progress</h2>
        <p
          id="progress"
          class="progress"
          data-testid="progress"
          data-status={status ?? ''}
          data-execution={live?.id ?? ''}
          data-finished={result === null ? '' : (live?.id ?? '')}
        >
          {text}
        </p>
      </div>
      <progress id="bar" max={100} value={percentage} aria-label="progress" />
      <ul id="legend" class="legend" aria-label="states">
        {Object.entries(taskStates).map(([state, { icon, word }]) => (
          <li key={state} class={state}>
            {icon} {word}
          </li>
        ))}
      </ul>
    </section>
  );
}
