/**
 * heddle/browser: the engine in a page. It runs in a Web Worker of its own and its modules in others; executions live in
 * IndexedDB, one tab drives each of them, and what was unfinished goes on when the page is loaded again.
 *
 * ```ts
 * // worker.js: exposeModules([retrieve, extract])
 * const { engine, resumed } = await createEngine({ createWorker: () => new Worker('worker.js', { type: 'module' }) });
 * ```
 */
import type { BrowserExecutionEngine, EngineSettings, OpenedEngine } from './adapters/browser/browser-engine.ts';
import { connectEngine } from './adapters/browser/connect-engine.ts';
import { asData } from './adapters/browser/remote-engine.ts';
import type { StorageStatus } from './adapters/browser/storage-health.ts';
import { HeddleError } from './errors.ts';
import type { ExecutionHandle } from './host/execution-engine.ts';
import type { ResourceOptions } from './host/gates/resource.ts';
import type { ProgramSource } from './host/programs/program-source.ts';
import type { AnyModule } from './host/registry.ts';
import type { RetentionPolicy } from './host/retention-policy.ts';
import type { LogSink } from './ports/log.ts';

export type { BrowserExecutionEngine } from './adapters/browser/browser-engine.ts';
export { type ExposeOptions, exposeModules } from './adapters/browser/expose-modules.ts';
export type { Role } from './adapters/browser/presence.ts';
export type { StorageStatus } from './adapters/browser/storage-health.ts';

export interface BrowserEngineOptions {
  /** Makes a worker whose script calls `exposeModules`. */
  readonly createWorker: () => Worker;
  /**
   * Which thread the engine is on; default `worker`: it takes nothing from the page, and the page nothing from it. A browser whose
   * workers cannot make workers needs `page`.
   */
  readonly thread?: 'worker' | 'page';
  /** The modules that the worker script exposes; needed only for an engine on the page's thread. */
  readonly modules?: readonly AnyModule[];
  /** How many run modules; default one a processor, 2 to 8. */
  readonly workers?: number;
  /** Default `kernel.wasm` beside this script. */
  readonly kernelUrl?: URL | string;
  readonly databaseName?: string;
  /** Programs that can be executed by name, and that others may run as sub-programs by name. */
  readonly programs?: { readonly [name: string]: ProgramSource };
  /** What tasks with `resources` share; without a capacity, the cores and memory the browser tells of, and the workers. */
  readonly resources?: Partial<ResourceOptions>;
  /** Told whenever the storage begins to fail or works again, also while the engine is being made. */
  readonly onStorageChange?: (status: StorageStatus) => void;
  /** Told of executions that this tab goes on with later than on load: another tab has gone, or the storage works again. */
  readonly onResumed?: (handle: ExecutionHandle) => void;
  /** Where the log goes, one line at a time; default: nowhere. */
  readonly log?: LogSink;
  /** Which ended executions are kept; default: all, until they are deleted. */
  readonly retention?: RetentionPolicy;
}

export type BrowserEngine = OpenedEngine<BrowserExecutionEngine>;

/** Makes the engine of this tab, and goes on with what was unfinished. */
export async function createEngine(options: BrowserEngineOptions): Promise<BrowserEngine> {
  const { createWorker, thread = 'worker', modules, databaseName = 'heddle', programs = {} } = options;
  const { kernelUrl = new URL('./kernel.wasm', import.meta.url), workers, resources, retention } = options;
  const settings: EngineSettings = {
    databaseName,
    logs: options.log !== undefined,
    kernelUrl: new URL(kernelUrl, location.href).href,
    programs: Object.fromEntries(Object.entries(programs).map(([name, source]) => [name, asData(source)])),
    ...(workers !== undefined && { workers }),
    ...(resources !== undefined && { resources }),
    ...(retention !== undefined && { retention }),
  };
  const watcher = {
    log: options.log,
    storageChanged: options.onStorageChange,
    resumed: options.onResumed,
    askToKeep: async () => (await navigator.storage?.persist?.()) ?? false,
  };
  if (thread === 'worker') return connectEngine(settings, createWorker, watcher);
  if (modules === undefined) {
    const message = 'an engine on the thread of the page has to be given its modules';
    throw new HeddleError({ code: 'BAD_INPUT', message, path: 'modules' });
  }
  const { openEngine } = await import('./adapters/browser/open-engine.ts');
  return openEngine(settings, modules, createWorker, watcher);
}
