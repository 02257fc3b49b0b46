/** The one vocabulary of states on the page: colour (by class), icon and word. */
export const taskStates = {
  pending: { icon: '○', word: 'pending' },
  ready: { icon: '◔', word: 'ready' },
  running: { icon: '◑', word: 'running' },
  waiting: { icon: '↻', word: 'retry-wait' },
  completed: { icon: '●', word: 'completed' },
  restored: { icon: '◈', word: 'restored' },
  skipped: { icon: '⊘', word: 'skipped' },
  failed: { icon: '✕', word: 'failed' },
  cancelled: { icon: '■', word: 'cancelled' },
} as const;

export type TaskState = keyof typeof taskStates;
