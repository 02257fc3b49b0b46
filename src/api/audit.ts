import type { Operation } from './route.ts';

/** Who did what, or was refused to: told of everything that changes something and of everything that was not let in. */
export interface AuditEvent {
  readonly type: 'audit';
  readonly at: string;
  readonly operation: Operation;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly status: number;
  /** Absent when it did not become known. */
  readonly principal?: { readonly id: string; readonly role: string; readonly tenant: string };
  /** Of a new execution, when one was asked for. */
  readonly executionId?: string;
}

export type Audit = (event: AuditEvent) => void;
