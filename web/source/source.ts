import type { ExecutionResult, ExecutionUpdate } from '../../src/host/view/execution-view.ts';
import type { ExecutionStatus } from '../../src/observe/status.ts';
import type { ExecutionSummary } from '../../src/ports/journal-store.ts';
import type { Program } from '../../src/program/program.ts';
import type { Value } from '../../src/program/value.ts';

/** Where executions are: this page, or an edge. All views work on this. */
export interface Source {
  readonly kind: 'page' | 'edge';
  /** As it is shown to people. */
  readonly label: string;
  start(program: Program, inputs: unknown): Promise<LiveExecution>;
  open(executionId: string): Promise<LiveExecution>;
  /** How much there is of each resource, as far as it is told; `slots` for attempts. */
  capacities(): Promise<Readonly<Record<string, number>>>;
  list(): Promise<readonly ExecutionSummary[]>;
  /** Absent where it cannot be done. */
  readonly remove?: (executionId: string) => Promise<void>;
  /** @param isMove the execution ends there, to go on elsewhere */
  readonly exportFile?: (executionId: string, isMove?: boolean) => Promise<Blob>;
  /**
   * @param program of the execution, when it is known
   * @returns id of the execution, which goes on
   */
  readonly importFile?: (file: Blob, program?: Program) => Promise<string>;
  /** Whether an unfinished execution is driven in another tab. */
  readonly isElsewhere?: (executionId: string) => boolean;
}

/** What an update of any source tells. */
export type LiveUpdate = Pick<ExecutionUpdate, 'status' | 'events'> & {
  readonly progress?: ExecutionUpdate['progress'];
};

export interface LiveExecution {
  readonly id: string;
  readonly status: ExecutionStatus;
  /** Undefined where the source does not tell. */
  readonly program: Program | undefined;
  monitor(): AsyncIterable<LiveUpdate>;
  result(): Promise<ExecutionResult>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  cancel(): Promise<void>;
  readonly signal?: (event: string, payload: Value) => Promise<void>;
  readonly fork?: (nodeId: string) => Promise<LiveExecution>;
  readonly values?: TaskValues;
  /** Another tab drives it; this one watches. */
  readonly isWatched?: boolean;
  /** Drives it in this tab from now on. */
  readonly takeOver?: () => Promise<void>;
}

/** What went into a task and what came out of it. */
export interface TaskValues {
  /** @throws when they are not there (yet) */
  input(taskId: string): Promise<Value>;
  output(taskId: string): Promise<Value>;
}
