import type { ExecutionHandle } from '../../host/execution-engine.ts';
import { Recent } from '../../host/recent.ts';
import type { RecoveryContext, RecoveryResult, RecoveryStrategy } from '../../host/recover/recovery-strategy.ts';
import type { AnyModule } from '../../host/registry.ts';
import type { ExecutionResult, ExecutionUpdate } from '../../host/view/execution-view.ts';
import { isTerminal } from '../../observe/status.ts';
import type { LogLine } from '../../ports/log.ts';
import { limits } from '../../program/limits.ts';
import type { BrowserExecutionEngine, EngineSettings } from './browser-engine.ts';
import type { EngineOpened, Standing } from './engine-protocol.ts';
import { type Answers, Line } from './line.ts';
import { openEngine } from './open-engine.ts';
import { type PackedUpdate, packResult, packUpdate } from './packed-result.ts';

/** Asked for by name and passed on as they are. */
const passedOn = [
  ...['pause', 'resume', 'cancel', 'signal', 'createCheckpoint', 'listCheckpoints', 'restoreFromCheckpoint'],
  ...[
    'allocateResources',
    'releaseResources',
    'executeProgram',
    'getExecutionStatus',
    'history',
    'profile',
    'bottlenecks',
  ],
  ...['optimizeProgram', 'revertOptimization', 'trace', 'metrics', 'blocked', 'sweep', 'export', 'list'],
  ...['health', 'machine', 'executionOf'],
] as const;
/** These answer with an execution, of which the page gets the id. */
const handing = ['start', 'open', 'takeOver', 'fork', 'change', 'import'] as const;

/** Makes an engine in this worker and lets the page at the other end of the port use it. */
export function serveEngine(
  port: MessagePort,
  settings: EngineSettings,
  modules: readonly AnyModule[],
  createWorker: () => Worker,
): void {
  const server = new EngineServer(port);
  server.open(settings, modules, createWorker);
}

/** The worker's end of an engine that a page uses. What the page may ask without waiting is sent to it before every answer. */
class EngineServer {
  readonly #line: Line;
  readonly #handles = new Map<string, ExecutionHandle>();
  readonly #recent = new Recent(limits.endedAtHandMax);
  /** Those whose standing may still change, with what was last said of it. */
  readonly #alive = new Map<string, string>();
  readonly #updates = new Map<number, AsyncIterator<ExecutionUpdate>>();
  #engine: Promise<BrowserExecutionEngine> | null = null;
  #opened: Promise<EngineOpened> | null = null;
  #role: BrowserExecutionEngine['roleOf'] = () => undefined;
  #result: BrowserExecutionEngine['getResult'] = () => undefined;
  #figures: BrowserExecutionEngine['machineFigures'] = () => ({});
  /** What was last said of the machine. */
  #figuresSaid = '';
  #watched = 0;
  #flushing = false;

  constructor(port: MessagePort) {
    this.#line = new Line(port, this.#answers());
  }

  open(settings: EngineSettings, modules: readonly AnyModule[], createWorker: () => Worker): void {
    const opening = openEngine(settings, modules, createWorker, {
      log: settings.logs ? (line: LogLine) => this.#line.tell('log', line) : undefined,
      storageChanged: (status) => this.#line.tell('storage', status),
      resumed: (handle) => this.#line.tell('resumed', this.#take(handle)),
      changed: (executionId) => this.#changed(executionId),
      askToKeep: () => this.#line.ask('keep'),
    });
    this.#engine = opening.then(({ engine }) => {
      this.#role = (executionId) => engine.roleOf(executionId);
      this.#result = (executionId) => engine.getResult(executionId);
      this.#figures = () => engine.machineFigures();
      return engine;
    });
    this.#opened = opening.then(({ resumed, workers, capacity }) => ({
      resumed: resumed.map((handle) => this.#take(handle)),
      workers,
      capacity,
    }));
    // Whoever asks is told.
    for (const promise of [this.#engine, this.#opened]) promise.catch(() => undefined);
  }

  #answers(): Answers {
    const answers: Record<string, (...given: never[]) => unknown> = {
      begun: () => undefined,
      opened: () => this.#opened,
      result: async (executionId: string) => packResult(await (await this.#handle(executionId)).result()),
      update: async (executionId: string) => (await this.#handle(executionId)).update(),
      events: async (executionId: string, after?: number, limit?: number) =>
        (await this.#handle(executionId)).events(after, limit),
      watch: async (executionId: string, after?: number) => this.#watch(await this.#handle(executionId), after),
      next: (watched: number) => this.#next(watched),
      unwatch: (watched: number) => this.#unwatch(watched),
      addStrategy: async (strategy: Omit<RecoveryStrategy, 'execute'>) =>
        (await this.#engine)?.addRecoveryStrategy({ ...strategy, execute: (context) => this.#ask(strategy, context) }),
      removeStrategy: async (strategyId: string) => (await this.#engine)?.removeRecoveryStrategy(strategyId),
      recover: async () => ((await (await this.#engine)?.recover()) ?? []).map((handle) => this.#take(handle)),
      delete: async (executionId: string) => {
        await (await this.#engine)?.delete(executionId);
        this.#handles.delete(executionId);
      },
      close: async () => (await this.#engine)?.close(),
    };
    for (const method of passedOn) answers[method] = (...given) => this.#call(method, given);
    for (const method of handing) {
      answers[method] = async (...given) => this.#take((await this.#call(method, given)) as ExecutionHandle);
    }
    const flushed =
      (answer: (...given: never[]) => unknown) =>
      async (...given: never[]): Promise<unknown> => {
        try {
          return await answer(...given);
        } finally {
          this.#flush();
        }
      };
    return Object.fromEntries(Object.entries(answers).map(([what, answer]) => [what, flushed(answer)]));
  }

  async #call(method: (typeof passedOn | typeof handing)[number], given: readonly unknown[]): Promise<unknown> {
    const engine = (await this.#engine) as unknown as Record<string, (...given: readonly unknown[]) => unknown>;
    return engine[method]?.(...given);
  }

  async #handle(executionId: string): Promise<ExecutionHandle> {
    const known = this.#handles.get(executionId);
    return known ?? ((await this.#call('open', [executionId])) as ExecutionHandle);
  }

  #take(handle: ExecutionHandle): string {
    this.#handles.set(handle.id, handle);
    this.#alive.set(handle.id, '');
    this.#flush();
    return handle.id;
  }

  #ask({ id }: Pick<RecoveryStrategy, 'id'>, context: RecoveryContext): Promise<RecoveryResult> {
    return this.#line.ask('recover', id, context);
  }

  #watch(handle: ExecutionHandle, after: number | undefined): number {
    this.#updates.set(++this.#watched, handle.monitor(after)[Symbol.asyncIterator]());
    return this.#watched;
  }

  /** @returns null after the last update */
  async #next(watched: number): Promise<ExecutionUpdate | PackedUpdate | null> {
    const step = await this.#updates.get(watched)?.next();
    return step === undefined || step.done === true ? null : packUpdate(step.value);
  }

  #unwatch(watched: number): void {
    void this.#updates.get(watched)?.return?.();
    this.#updates.delete(watched);
  }

  #changed(executionId: string): void {
    if (!this.#handles.has(executionId)) return;
    if (!this.#alive.has(executionId)) this.#alive.set(executionId, '');
    if (this.#flushing) return;
    this.#flushing = true;
    // A task later: what was saved is applied by then.
    setTimeout(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    this.#tellFigures();
    for (const [executionId, said] of this.#alive) {
      const handle = this.#handles.get(executionId);
      if (handle === undefined) this.#alive.delete(executionId);
      else this.#stand(handle, said);
    }
  }

  #tellFigures(): void {
    const figures = this.#figures();
    const said = JSON.stringify(figures);
    if (said === this.#figuresSaid) return;
    this.#figuresSaid = said;
    this.#line.tell('figures', figures);
  }

  #ended(executionId: string): void {
    this.#alive.delete(executionId);
    const oldest = this.#recent.note(executionId);
    if (oldest !== undefined && !this.#alive.has(oldest)) this.#handles.delete(oldest);
  }

  /** None of one that was erased or is being imported anew in this very moment. */
  #resultOf(executionId: string): ExecutionResult | undefined {
    try {
      return this.#result(executionId);
    } catch {
      return undefined;
    }
  }

  #stand(handle: ExecutionHandle, said: string): void {
    const { id, status } = handle;
    const result = isTerminal(status) ? this.#resultOf(id) : undefined;
    const role = this.#role(id);
    const saying = [status, role, result !== undefined].join();
    if (result !== undefined) this.#ended(id);
    else this.#alive.set(id, saying);
    if (saying === said) return;
    this.#line.tell('stands', {
      id,
      status,
      role,
      ...(result !== undefined && { result: packResult(result) }),
    } satisfies Standing);
    const flush = (): void => this.#flush();
    if (isTerminal(status) && result === undefined) handle.result().then(flush, flush);
  }
}
