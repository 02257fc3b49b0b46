import type { ProgramNode } from '../../src/program/program.ts';
import type { Attempt } from '../model/segment.ts';
import { StateMark } from '../shell/state-mark.tsx';
import type { Studio } from '../studio/studio.ts';
import { formatMs } from '../timeline/time-scale.ts';
import { TaskValue } from './task-value.tsx';

/** What the task that is selected did: its state, attempts, input and output. */
export function TaskAccount({ studio }: { readonly studio: Studio }) {
  const { selected, session } = studio;
  const { plan, model, live } = session;
  const task = selected === null ? undefined : model.tasks.get(selected);
  const nodeId = task?.name.nodeId ?? selected ?? '';
  const spec = plan?.nodes[plan.indexOf.get(nodeId) ?? -1]?.spec;
  const fork = live?.fork;
  if (selected === null) return null;
  return (
    <>
      <p class="facts">
        <StateMark state={model.stateOf(selected)} />
        {task?.dueMs !== null && task?.dueMs !== undefined ? (
          <span>next attempt in {formatMs(Math.max(0, task.dueMs + model.startedAtMs - Date.now()))}</span>
        ) : null}
        {task?.reason ? <span>{task.reason}</span> : null}
      </p>
      {spec === undefined ? null : <Spec spec={spec} />}
      {task !== undefined && task.attempts.length > 0 ? <Attempts attempts={task.attempts} /> : null}
      {fork !== undefined && model.ended && spec !== undefined ? (
        <p>
          <button
            type="button"
            id="fork"
            onClick={() =>
              fork(nodeId).then(
                (forked) => studio.take(forked, `Forked from ${nodeId}: what it does not change is kept.`),
                studio.complain,
              )
            }
          >
            Fork from here
          </button>
        </p>
      ) : null}
      {live?.values !== undefined && task !== undefined ? (
        <div class="values">
          <TaskValue values={live.values} taskId={selected} what="output" state={task.state} />
          {spec?.forEach !== undefined && selected === nodeId ? (
            <p class="quiet">Every item has an input of its own: choose one.</p>
          ) : (
            <TaskValue
              values={live.values}
              taskId={selected}
              what="input"
              state={task.attempts.length > 0 ? 'begun' : 'not'}
            />
          )}
        </div>
      ) : null}
    </>
  );
}

function Spec({ spec }: { readonly spec: ProgramNode }) {
  const { summary, module, retry, timeoutMs, fallback, compensate, breaker, resources } = spec;
  const policies = [
    module ?? '',
    retry?.attempts === undefined ? '' : `${retry.attempts} attempts`,
    timeoutMs === undefined ? '' : `at most ${formatMs(timeoutMs)}`,
    breaker === undefined ? '' : 'a breaker',
    fallback === undefined ? '' : 'a fallback',
    compensate === undefined ? '' : `undone by ${compensate.module}`,
    ...Object.entries(resources ?? {}).map(([type, amount]) => `${amount} of ${type}`),
  ];
  return (
    <>
      {summary === undefined ? null : <p>{summary}</p>}
      <p class="quiet">{policies.filter((policy) => policy !== '').join(' · ')}</p>
    </>
  );
}

function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  return (
    <div class="table" role="group" tabIndex={0} aria-label="attempts">
      <table class="attempts">
        <thead>
          <tr>
            <th scope="col">Attempt</th>
            <th scope="col">At</th>
            <th scope="col">Took</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map(({ number, startMs, endMs, state, error }) => (
            <tr key={`${number}-${startMs}`}>
              <td>{number}</td>
              <td>{formatMs(startMs)}</td>
              <td>{endMs === null ? '…' : formatMs(endMs - startMs)}</td>
              <td>
                <StateMark state={state} />
                {error === undefined ? null : (
                  <span class="error">
                    {' '}
                    {error.code}: {error.message}
                    {error.hint === undefined ? '' : ` (${error.hint})`}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
