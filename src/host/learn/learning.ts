import type { PreparedPrograms } from '../programs/prepared-programs.ts';
import type { Schedules } from '../programs/schedules.ts';
import type { History } from './history.ts';
import type { Tunings } from './tunings.ts';

/** What executions leave behind, and what those after them make of it. */
export interface Learning {
  readonly history: History;
  readonly tunings: Tunings;
  readonly prepared: PreparedPrograms;
  readonly schedules: Schedules;
}
