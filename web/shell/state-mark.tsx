import { executionStates, type TaskState, taskStates } from '../states/vocabulary.ts';

/** A state in its colour, shape and text. */
export function StateMark({ state }: { readonly state: TaskState }) {
  const { icon, word } = taskStates[state];
  return (
    <span class={`mark ${state}`}>
      <span aria-hidden="true">{icon}</span> {word}
    </span>
  );
}

export function StatusMark({ status }: { readonly status: keyof typeof executionStates }) {
  const { icon, word, state } = executionStates[status];
  return (
    <span class={`mark ${state}`}>
      <span aria-hidden="true">{icon}</span> {word}
    </span>
  );
}
