/**
 * The one vocabulary of states on the page: the key is the class that gives the colour, the icon the shape, the word the text.
 * Nothing is ever told by one of the three alone.
 */
export const taskStates = {
  pending: { icon: '○', word: 'pending' },
  ready: { icon: '◔', word: 'ready' },
  held: { icon: '▽', word: 'waiting for a permit' },
  running: { icon: '◑', word: 'running' },
  retry: { icon: '↻', word: 'retry-wait' },
  signal: { icon: '◷', word: 'waiting' },
  completed: { icon: '●', word: 'completed' },
  cached: { icon: '◆', word: 'cached' },
  restored: { icon: '◈', word: 'restored' },
  compensated: { icon: '↩', word: 'undone' },
  skipped: { icon: '⊘', word: 'skipped' },
  failed: { icon: '✕', word: 'failed' },
  cancelled: { icon: '■', word: 'cancelled' },
} as const;

export type TaskState = keyof typeof taskStates;

/** Of a whole execution, in the same shapes and colours. */
export const executionStates = {
  PENDING: { state: 'pending', icon: '○', word: 'pending' },
  RUNNING: { state: 'running', icon: '◑', word: 'running' },
  PAUSED: { state: 'paused', icon: '‖', word: 'paused' },
  COMPLETED: { state: 'completed', icon: '●', word: 'completed' },
  FAILED: { state: 'failed', icon: '✕', word: 'failed' },
  CANCELLED: { state: 'cancelled', icon: '■', word: 'cancelled' },
} as const;

const done: ReadonlySet<TaskState> = new Set(['completed', 'cached', 'restored', 'compensated']);
const over: ReadonlySet<TaskState> = new Set([...done, 'skipped', 'failed', 'cancelled']);

/** It has given its output. */
export const isDone = (state: TaskState): boolean => done.has(state);
/** Nothing more will happen to it by itself. */
export const isOver = (state: TaskState): boolean => over.has(state);
