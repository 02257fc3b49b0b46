import type { ExecutionResult } from '../../host/view/execution-view.ts';
import type { ExecutionStatus } from '../../observe/status.ts';
import type { EngineSettings } from './browser-engine.ts';
import type { PackedResult } from './packed-result.ts';
import type { Role } from './presence.ts';

/** The first message to a worker that is to be the engine; everything else goes over the port. */
export interface BecomeEngine {
  readonly heddle: 'engine';
  readonly settings: EngineSettings;
  readonly port: MessagePort;
}

export function isBecomeEngine(data: unknown): data is BecomeEngine {
  return typeof data === 'object' && data !== null && (data as { heddle?: unknown }).heddle === 'engine';
}

/** How an execution stands, as the page has to know it without asking. */
export interface Standing {
  readonly id: string;
  readonly status: ExecutionStatus;
  readonly role: Role | undefined;
  /** After the end. */
  readonly result?: ExecutionResult | PackedResult;
}

/** What the worker answers when its engine is made. */
export interface EngineOpened {
  readonly resumed: readonly string[];
  readonly workers: number;
  readonly capacity: Readonly<Record<string, number>>;
}
