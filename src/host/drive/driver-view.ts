import type { Event } from '../../engine/event.ts';
import type { ExecutionStatus } from '../../observe/status.ts';

/** What an execution sees of its driver (driver.ts). */
export interface DriverView {
  readonly status: ExecutionStatus;
  readonly stopped: boolean;
  deliver(event: Event): void;
}
