import type { BrowserEngine } from '../../src/browser.ts';
import { ModuleRegistry } from '../../src/host/registry.ts';
import { isTerminal } from '../../src/observe/status.ts';
import type { Program } from '../../src/program/program.ts';
import type { Value } from '../../src/program/value.ts';
import { sampleList } from '../../src/samples/sample-list.ts';
import { describedModules } from '../programs/described-modules.ts';
import { move } from '../source/move.ts';
import { PageSource } from '../source/page-source.ts';
import type { LiveExecution, Source } from '../source/source.ts';
import { Frames } from './frames.ts';
import { type LoadedProgram, loadProgram, loadSample } from './load-program.ts';
import { follow, newSession, planToShow, type Session } from './session.ts';
import { tell } from './tell.ts';
import { showTracks } from './tracks.ts';

const tickMs = 250;

/** Everything the page holds. Views read it, call its methods, and are drawn again after changes, at most once a frame. */
export class Studio {
  readonly engine: BrowserEngine;
  readonly page: PageSource;
  readonly modules = new ModuleRegistry(describedModules);
  source: Source;
  /** The edge that was connected last. */
  edge: Source | null = null;
  loaded: LoadedProgram;
  inputs: { readonly [name: string]: Value };
  session: Session;
  /** How much there is of each resource where programs run, as far as it is told. */
  capacities: Readonly<Record<string, number>> = {};
  /** Id of the task that is looked at. */
  selected: string | null = null;
  notice = '';
  persisted = false;
  /** The page is kept for when there is no network. */
  offline = false;
  /** When the page could be used, and when the first task ran after that, by `performance.now()`. */
  firstTaskMs: number | null = null;
  #reading: Promise<void> | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #frames = new Frames(() => {
    for (const listener of [...this.#listeners]) listener();
  });

  constructor(engine: BrowserEngine, databaseName: string) {
    this.engine = engine;
    this.page = new PageSource(engine, databaseName);
    this.source = this.page;
    const [first] = sampleList;
    this.loaded = loadSample(first.name, this.modules, engine.kernel);
    this.inputs = first.inputs;
    this.session = newSession(this.source, this.loaded.plan, null);
    void this.#learnCapacities();
    engine.engine.onStorageChange(() => this.changed());
  }

  /** @returns how to stop listening */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    this.#frames.ask();
  }

  say(notice: string): void {
    this.notice = notice;
    this.changed();
  }

  complain = (thrown: unknown): void => this.say(tell(thrown));

  /** Shows the program of a file, of any format. */
  async load(text: string): Promise<void> {
    this.show(await this.#read(text), {});
  }

  /** Checks a text that is being written; what is run next is what it says. */
  edit(text: string): void {
    this.loaded = { ...this.loaded, text };
    const read = async (): Promise<void> => {
      const loaded = await this.#read(text);
      // Another letter may have been typed meanwhile.
      if (this.loaded.text === text) this.loaded = loaded;
      this.changed();
    };
    this.#reading = read().catch(this.complain);
    this.changed();
  }

  /** The readers are a script of their own. */
  async #read(text: string): Promise<LoadedProgram> {
    const { readText } = await import('./read-text.ts');
    return readText(text, this.modules, this.engine.kernel);
  }

  /** Shows a program that can be run next. */
  show(loaded: LoadedProgram, inputs: { readonly [name: string]: Value }): void {
    this.loaded = loaded;
    this.inputs = inputs;
    this.selected = null;
    this.session = newSession(this.source, this.loaded.plan, null);
    const [error] = this.loaded.errors;
    this.say(error === undefined ? 'Press Run.' : tell(error));
  }

  loadSample(name: string): void {
    const sample = sampleList.find((each) => each.name === name);
    if (sample !== undefined) this.show(loadSample(sample.name, this.modules, this.engine.kernel), sample.inputs);
  }

  async run(inputs: { readonly [name: string]: Value } = this.inputs): Promise<void> {
    await this.#reading;
    const { program } = this.loaded;
    if (program === null) return;
    this.inputs = inputs;
    const where =
      this.source.kind === 'page' ? 'in this page. Reload it now, if you like: it will go on.' : 'at the edge.';
    this.take(await this.source.start(program, inputs), `Running ${where}`);
  }

  /** Follows an execution from now on. */
  take(live: LiveExecution, notice: string): void {
    const plan = planToShow(live.program, this.engine.kernel);
    const session = newSession(this.source, plan, live);
    const hadEnded = isTerminal(live.status);
    this.session = session;
    this.selected = null;
    if (live.program !== undefined) this.#remember(live.program);
    this.say(notice);
    const onChange = (): void => {
      if (this.firstTaskMs === null && session.model.segments.some(({ kind }) => kind === 'run'))
        this.firstTaskMs = performance.now();
      this.changed();
    };
    const ticking = setInterval(() => this.#tick(session), tickMs);
    void follow(session, onChange, () => this.session === session).then(() => {
      clearInterval(ticking);
      showTracks(session.model);
      if (this.session !== session) return;
      if (session.failure !== null) this.complain(session.failure);
      // What was said when it was opened holds.
      else if (hadEnded) this.changed();
      else if (session.status === 'COMPLETED')
        this.say(`Done, and kept in ${this.source.label}. Run it again, or try another.`);
      else this.say(`It ended: ${session.status?.toLowerCase()}. It is kept in ${this.source.label}.`);
    });
  }

  async openExecution(executionId: string, notice = 'Opened.'): Promise<void> {
    this.take(await this.source.open(executionId), notice);
  }

  select(taskId: string | null): void {
    this.selected = taskId;
    this.changed();
  }

  /** Goes on with an execution in the other home. */
  async moveTo(to: Source, executionId: string): Promise<void> {
    await move(executionId, this.source, to);
    this.connect(to);
    await this.openExecution(executionId, `Moved to ${to.label}, with all it has done.`);
  }

  connect(source: Source): void {
    this.source = source;
    if (source.kind === 'edge') this.edge = source;
    this.session = newSession(source, this.loaded.plan, null);
    this.selected = null;
    void this.#learnCapacities();
    this.say(source.kind === 'page' ? 'Programs run in this page.' : `Connected: programs run at ${source.label}.`);
  }

  /** Drives what is shown in this tab from now on. */
  async takeOver(): Promise<void> {
    await this.session.live?.takeOver?.();
    this.say('Taken over: it is driven in this tab now. The other tab watches.');
  }

  get isUnderWay(): boolean {
    const { live, status } = this.session;
    return live !== null && status !== null && !isTerminal(status);
  }

  /** A source that does not tell leaves them out. */
  async #learnCapacities(): Promise<void> {
    const { source } = this;
    const capacities = await source.capacities().catch(() => ({}));
    if (this.source === source) this.capacities = capacities;
    this.changed();
  }

  /** What waits for a time or a person is seen to wait. */
  #tick(session: Session): void {
    if (this.session !== session || document.visibilityState === 'hidden') return;
    const isWatched = session.live?.isWatched ?? false;
    const isHandedOver = isWatched !== session.isWatched;
    session.isWatched = isWatched;
    if (session.status !== 'PAUSED') session.model.tick(Date.now());
    else if (!isHandedOver) return;
    this.changed();
  }

  /** The program that is shown is the one that Run starts. */
  #remember(program: Program): void {
    if (this.loaded.program?.name === program.name) return;
    const sample = sampleList.find(({ name }) => name === program.name);
    if (sample !== undefined) {
      this.loaded = loadSample(sample.name, this.modules, this.engine.kernel);
      this.inputs = sample.inputs;
      return;
    }
    const read = () => ({ program, format: 'heddle', warnings: [] });
    this.loaded = loadProgram(JSON.stringify(program, null, 2), read, this.modules, this.engine.kernel);
    this.inputs = {};
  }
}
