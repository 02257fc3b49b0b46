import { expect } from 'vitest';
import type { Counts } from './counts.ts';
import { bundleFaultWorker } from './fault-run.ts';
import { Workerd } from './workerd.ts';

interface Standing {
  readonly status: string;
  readonly progress: { readonly completedTasks: number };
}

/** How long it takes until an unfinished execution that was put away is driven again, and until it tells how it stands, in ms. */
export interface Resumed {
  readonly resumeMs: number;
  readonly tellMs: number;
}

/** Executions in numbers, on one workerd. */
export class ScaleRun {
  readonly workerd: Workerd;
  /** How long each answer of the API took, in ms. */
  readonly answersMs: number[] = [];

  private constructor(workerd: Workerd) {
    this.workerd = workerd;
  }

  static async open(): Promise<ScaleRun> {
    return new ScaleRun(await Workerd.temporary(await bundleFaultWorker()));
  }

  close(): Promise<void> {
    return this.workerd.stop();
  }

  async begin(program: unknown): Promise<string> {
    const { status, body } = await this.#timed(() => this.workerd.post('/v1/executions', { program }));
    expect(status).toBe(202);
    return (body as { executionId: string }).executionId;
  }

  async standing(id: string): Promise<Standing> {
    const { status, body } = await this.#timed(() => this.workerd.json(`/v1/executions/${id}`));
    expect(status).toBe(200);
    return body as Standing;
  }

  /** @returns how it ended, and how many tasks it has completed */
  async untilEnded(id: string, everyMs = 100): Promise<readonly [status: string, completed: number]> {
    for (;;) {
      const { status, progress } = await this.standing(id);
      if (status !== 'RUNNING' && status !== 'PENDING') return [status, progress.completedTasks];
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  /** What the objects of each class were asked to do since this was last asked. */
  async counts(): Promise<{ readonly [objects: string]: Counts }> {
    return (await this.workerd.post('/test/counts', {})).body;
  }

  /** Every execution that is listed, page by page. */
  async listed(query: string): Promise<readonly { readonly executionId: string; readonly status: string }[]> {
    const items: { executionId: string; status: string }[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await this.workerd.json(`/v1/executions?limit=300&${query}${after}`);
      const page = body as { items: typeof items; next?: string };
      items.push(...page.items);
      cursor = page.next;
    }
    return items;
  }

  /** Runs `work` for each, so many at once. */
  async each<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
    let next = 0;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (next < items.length) await work(items[next++] as T);
      }),
    );
  }

  /** Begins so many executions of a program. */
  async beginMany(count: number, atOnce: number, program: unknown): Promise<readonly string[]> {
    const ids: string[] = [];
    const numbers = Array.from({ length: count }, (_, n) => n);
    await this.each(numbers, atOnce, async () => void ids.push(await this.begin(program)));
    expect(new Set(ids).size).toBe(count);
    return ids;
  }

  /** An execution with so many events, of the items of one node. */
  async resumed(events: number): Promise<Resumed> {
    const items = Math.ceil(events / 2);
    const nodes = {
      range: { module: 'test.range', with: { n: items } },
      each: { module: 'test.quick', with: { n: '${item}' }, forEach: { items: '${range}', maxParallel: 6 } },
    };
    return this.putAway(nodes, 'each', items + 1, events);
  }

  /** An execution that waits after its last node, put away and brought back; the best of three times. */
  async putAway(
    nodes: { readonly [id: string]: unknown },
    last: string,
    completed: number,
    events: number,
  ): Promise<Resumed> {
    const nap = { sleepMs: 3_600_000, needs: [last] };
    const id = await this.begin({ heddle: 1, name: `resume-${events}`, nodes: { ...nodes, nap } });
    const told = async () => (await this.#rows(id, 'SELECT last_seq, updated_at_ms FROM executions'))[0];
    for (let before: unknown, now: unknown = await told(); JSON.stringify(before) !== JSON.stringify(now); ) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      [before, now] = [now, await told()];
    }
    const { body } = await this.workerd.json(`/v1/executions/${id}/events?after=${events}&limit=1`);
    expect((body as { items: unknown[] }).items).toHaveLength(1);
    const [resumeMs, tellMs]: [number[], number[]] = [[], []];
    for (let time = 0; time < 3; time++) {
      await this.workerd.json(`/test/die/${id}`, { method: 'POST' });
      const startedAtMs = performance.now();
      // Any call waits until the object has loaded what is unfinished.
      expect(await this.#rows(id, 'SELECT failing FROM boots')).toEqual([{ failing: 0 }]);
      resumeMs.push(performance.now() - startedAtMs);
      const askedAtMs = performance.now();
      const { status, progress } = await this.standing(id);
      tellMs.push(performance.now() - askedAtMs);
      expect([status, progress.completedTasks]).toEqual(['RUNNING', completed]);
    }
    return { resumeMs: Math.min(...resumeMs), tellMs: Math.min(...tellMs) };
  }

  async #rows(id: string, query: string): Promise<readonly unknown[]> {
    return (await this.workerd.json(`/test/rows/${id}`, { method: 'POST', body: query })).body;
  }

  async #timed<T>(ask: () => Promise<T>): Promise<T> {
    const startedAtMs = performance.now();
    const answer = await ask();
    this.answersMs.push(performance.now() - startedAtMs);
    return answer;
  }
}

/** A layered program of so many nodes, each on two of the layer before. */
export function layered(name: string, tasks: number, width: number): unknown {
  return { heddle: 1, name, nodes: layers(tasks, width), outputs: {} };
}

export function layers(tasks: number, width: number): { readonly [id: string]: unknown } {
  return Object.fromEntries(
    Array.from({ length: tasks }, (_, n) => {
      const [layer, place] = [Math.floor(n / width), n % width];
      const before = (of: number) => `n${(layer - 1) * width + (of % width)}`;
      const needs = layer === 0 ? [] : [...new Set([before(place), before(place + 1)])];
      return [`n${n}`, { module: 'test.quick', needs, with: { n } }];
    }),
  );
}

export function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
