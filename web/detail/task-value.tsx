import { useEffect, useState } from 'preact/hooks';
import type { Value } from '../../src/program/value.ts';
import type { TaskValues } from '../source/source.ts';
import { tell } from '../studio/tell.ts';
import { ValueView } from '../values/value-view.tsx';

export interface TaskValueProps {
  readonly values: TaskValues;
  readonly taskId: string;
  readonly what: 'input' | 'output';
  /** Read again when this changes. */
  readonly state: string;
}

/** What went into a task, or came out of it, read when it is looked at. */
export function TaskValue({ values, taskId, what, state }: TaskValueProps) {
  const [read, setRead] = useState<{ readonly value?: Value; readonly failure?: string }>({});
  useEffect(() => {
    let isWanted = true;
    setRead({});
    values[what](taskId).then(
      (value) => isWanted && setRead({ value }),
      (thrown) =>
        isWanted && setRead({ failure: thrown?.code === 'NOT_FOUND' ? 'There is none so far.' : tell(thrown) }),
    );
    return () => {
      isWanted = false;
    };
  }, [values, taskId, what, state]);
  return (
    <div class="task-value" data-what={what}>
      <h3>{what === 'input' ? 'Input' : 'Output'}</h3>
      {read.failure !== undefined ? <p class="quiet">{read.failure}</p> : null}
      {read.value !== undefined ? <ValueView value={read.value} name={what} /> : null}
    </div>
  );
}
