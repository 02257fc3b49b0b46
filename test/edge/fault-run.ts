import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { expectNothingTwice, type ToldEvent } from './facts.ts';
import { Ledger } from './ledger.ts';
import { type BundledWorker, bundleWorker, Workerd } from './workerd.ts';

/** Where a process is killed: around the commit of a turn, and around the effect of a task. */
export type Point = 'before' | 'after' | 'about' | 'effect';

export interface Boundary {
  readonly point: Point;
  /** The how-manieth of its kind since the process began. */
  readonly at: number;
}

export const tasks = 40;

/** A chain, so that every task has commits of its own. */
export function chain(ledger: string, ms = 0): unknown {
  const nodes = Object.fromEntries(
    Array.from({ length: tasks }, (_, n) => [
      `n${n}`,
      { module: 'ledger.step', with: { ledger, ms }, ...(n > 0 && { needs: [`n${n - 1}`] }) },
    ]),
  );
  return { heddle: 1, name: 'forty', nodes };
}

/** So many tasks are under way at once. */
export const layerWidth = 8;

/** Five layers, each task on two of the layer before. */
export function layers(ledger: string, ms = 0): unknown {
  const nodes = Object.fromEntries(
    Array.from({ length: tasks }, (_, n) => {
      const [layer, place] = [Math.floor(n / layerWidth), n % layerWidth];
      const needs = layer === 0 ? [] : [place, (place + 3) % layerWidth].map((of) => (layer - 1) * layerWidth + of);
      return [`n${n}`, { module: 'ledger.step', with: { ledger, ms }, needs: needs.map((of) => `n${of}`) }];
    }),
  );
  return { heddle: 1, name: 'forty-layers', nodes };
}

export function bundleFaultWorker(): Promise<BundledWorker> {
  return bundleWorker('test/edge/fault-worker.ts');
}

/** An execution of 40 tasks in a process that is killed as often as one likes, with the ledger of its effects. */
export class FaultRun {
  readonly ledger: Ledger;
  readonly #worker: BundledWorker;
  readonly #folder = mkdtempSync(join(tmpdir(), 'heddle-faults-'));
  #workerd: Workerd | null = null;
  #acknowledged: ToldEvent[] = [];
  kills = 0;
  id = '';

  private constructor(worker: BundledWorker, ledger: Ledger) {
    this.#worker = worker;
    this.ledger = ledger;
  }

  static async open(worker: BundledWorker): Promise<FaultRun> {
    return new FaultRun(worker, await Ledger.open());
  }

  get workerd(): Workerd {
    if (this.#workerd === null) throw new Error('no process is running');
    return this.#workerd;
  }

  /** Starts a process that dies at the boundary; `reached` resolves when it is there, or when the execution has ended before. */
  async boot(boundary?: Boundary): Promise<{ readonly reached: Promise<void> }> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const atCommit = boundary?.point === 'before' || boundary?.point === 'after';
    let seen = 0;
    this.ledger.intercept = (noted) => {
      if (atCommit || noted.phase !== boundary?.point || ++seen !== boundary.at) return false;
      resolve();
      return true;
    };
    this.#workerd = await Workerd.start(this.#worker, this.#folder, {
      ...(atCommit && { bindings: { DIE_AT: `${boundary.point}:${boundary.at}` } }),
      logged: (line) => {
        if (line.includes('heddle-die')) resolve();
      },
    });
    return { reached: promise };
  }

  async begin(program: unknown): Promise<void> {
    const { status, body } = await this.workerd.post('/v1/executions', { program });
    expect(status).toBe(202);
    this.id = (body as { executionId: string }).executionId;
  }

  /**
   * Whatever is told until it is killed may never be unsaid. It may die while it answers.
   * @returns whether it was killed there, and not after its end
   */
  async killWhen(reached: Promise<void>): Promise<boolean> {
    let over = false;
    const listening = async (): Promise<void> => {
      while (!over) {
        this.#acknowledged = await this.#events();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const heard = listening().catch(() => undefined);
    const isThere = await Promise.race([
      reached.then(() => true),
      this.untilEnded().then(
        () => false,
        () => reached.then(() => true),
      ),
    ]);
    over = true;
    this.kills++;
    await this.workerd.kill();
    this.#workerd = null;
    await heard;
    return isThere;
  }

  /** The platform puts the object away at once; the process lives on. @returns what the object's caller was told */
  async abort(): Promise<string> {
    this.kills++;
    const { body } = await this.workerd.json(`/test/die/${this.id}`, { method: 'POST' });
    return String((body as { thrown?: string }).thrown);
  }

  async untilEnded(): Promise<string> {
    for (let polls = 0; polls < 2_000; polls++) {
      const { status: answered, body } = await this.workerd.json(`/v1/executions/${this.id}`);
      const { status } = body as { status: string };
      // An object that dies under the question says 503, and is asked again.
      if (answered === 200 && status !== 'RUNNING' && status !== 'PENDING') return status;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    throw new Error(`execution ${this.id} has not ended`);
  }

  /** Finds the execution whose start was not acknowledged. @returns whether there is one */
  async adopt(): Promise<boolean> {
    const { body } = await this.workerd.json('/v1/executions');
    const [execution] = (body as { items: readonly { executionId: string }[] }).items;
    if (execution === undefined) return false;
    this.id = execution.executionId;
    // What was announced to the list and never stored is no execution.
    const { status } = await this.workerd.json(`/v1/executions/${this.id}`);
    expect([200, 404]).toContain(status);
    return status === 200;
  }

  /**
   * It ends, with every effect done once by its key, nothing acknowledged lost, and at most one extra attempt a kill of each
   * task that was under way.
   */
  async expectWhole(underWayMax = 1): Promise<void> {
    expect(await this.untilEnded()).toBe('COMPLETED');
    const events = await this.#events();
    expectNothingTwice(events);
    expect(events.slice(0, this.#acknowledged.length)).toEqual(this.#acknowledged);
    const { effects } = this.ledger;
    const keys = new Set(effects.map(({ key }) => key));
    expect(keys.size).toBe(tasks);
    expect(new Set(effects.map(({ task }) => task)).size).toBe(tasks);
    expect(effects.length - keys.size).toBeLessThanOrEqual(this.kills * underWayMax);
    for (const key of keys) {
      expect(effects.filter((effect) => effect.key === key).length).toBeLessThanOrEqual(1 + this.kills);
    }
  }

  async close(): Promise<void> {
    await this.#workerd?.stop();
    this.ledger.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #events(): Promise<ToldEvent[]> {
    const items: ToldEvent[] = [];
    for (let next: string | undefined = '0'; next !== undefined; ) {
      const { body } = await this.workerd.json(`/v1/executions/${this.id}/events?after=${next}`, {
        headers: { accept: 'application/json' },
      });
      const page = body as { items: ToldEvent[]; next?: string };
      items.push(...page.items);
      next = page.next;
    }
    return items;
  }
}
