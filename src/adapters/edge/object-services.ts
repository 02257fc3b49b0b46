import type { ProgramStatus } from '../../host/view/program-status.ts';
import type { ExecutionHeader, ExecutionSummary, ListFilter } from '../../ports/journal-store.ts';
import type { ModuleCall } from '../../ports/module-runner.ts';
import type { Answer } from './answer.ts';
import type { Notice, Promises } from './catalogue.ts';
import type { LimitsService } from './limits-service.ts';
import type { PostService } from './program-post.ts';
import type { RecordsService } from './records-service.ts';
import type { BatchAnswer, CallAnswer, Listener, Told } from './shard-protocol.ts';

/** Lists executions that tell of themselves. */
export interface IndexService {
  listExecutions(filter: ListFilter): Promise<Answer<readonly ExecutionSummary[]>>;
  forgetExecutions(executionIds: readonly string[]): Promise<Answer<void>>;
}

export interface CatalogueService extends RecordsService, IndexService {
  /** @returns whether the tenant has alert rules */
  note(tenant: string, notice: Notice): Promise<Answer<boolean>>;
  /** Wakes whoever is overdue. @returns how many those were */
  sweep(nowMs: number): Promise<Answer<number>>;
  /** How many have promised to be heard of, and how many are late. */
  promises(nowMs: number): Promise<Answer<Promises>>;
  /** Of the directory alone. */
  addTenant(tenant: string): Promise<Answer<void>>;
  tenants(): Promise<Answer<readonly string[]>>;
}

export interface ProgramService extends RecordsService, LimitsService, IndexService, PostService {}

export interface ExecutionService {
  fetch(request: Request): Promise<Response>;
  /** Being called wakes the object, which then sees to everything itself. @returns false when there is no such execution */
  revive(): Promise<Answer<boolean>>;
  /** @throws NOT_FOUND */
  programStatus(programName: string): Promise<Answer<ProgramStatus>>;
  header(executionId: string): Promise<Answer<ExecutionHeader | undefined>>;
  /** What came of a queued call. */
  settle(call: string, answer: CallAnswer): Promise<void>;
  /** What the calls of a message say while they run. */
  heard(batch: string, told: readonly Told[]): Promise<void>;
}

export interface RunnerService {
  /** @param listener absent: nobody hears what they say on the way */
  run(calls: readonly ModuleCall[], listener?: Listener): Promise<BatchAnswer>;
  abort(call: string): Promise<void>;
}
