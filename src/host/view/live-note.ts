import type { Usage } from '../../engine/usage.ts';
import type { Value } from '../../program/value.ts';

/** Something a running attempt said. It is shown and forgotten. */
export type LiveNote = { readonly taskId: string; readonly attempt: number } & (
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'output'; readonly chunk: Value }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'log'; readonly message: string; readonly context?: { readonly [key: string]: Value } }
);
