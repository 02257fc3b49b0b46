import type { ExecutionStatus } from '../../observe/status.ts';

/** Where a job of IntelliBrowse stands, in the words of Heddle. */
export const intellibrowseStatus = {
  pending: 'PENDING',
  queued: 'PENDING',
  scheduled: 'PENDING',
  running: 'RUNNING',
  retrying: 'RUNNING',
  recovering: 'RUNNING',
  paused: 'PAUSED',
  completed: 'COMPLETED',
  failed: 'FAILED',
  timeout: 'FAILED',
  aborted: 'FAILED',
  cancelled: 'CANCELLED',
} as const satisfies { readonly [jobStatus: string]: ExecutionStatus };

export type JobStatus = keyof typeof intellibrowseStatus;
export const jobStatuses = Object.keys(intellibrowseStatus) as readonly JobStatus[];
