import { expect } from 'vitest';
import type { ToldEvent } from './facts.ts';
import { bundleFaultWorker } from './fault-run.ts';
import { Workerd } from './workerd.ts';

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, ms = 15_000): Promise<T> {
  for (const endMs = Date.now() + ms; ; await sleep(50)) {
    const answer = await ask();
    if (wanted(answer) || Date.now() > endMs) return answer;
  }
}

/** A task, a sleep, a task. */
export const sleeper = (sleepMs: number) => ({
  heddle: 1,
  name: `sleeper-${sleepMs}`,
  nodes: {
    first: { module: 'test.quick' },
    nap: { sleepMs, needs: ['first'] },
    last: { module: 'test.quick', needs: ['nap'] },
  },
});

/** Executions on a workerd whose objects lose their alarms, or die, as the test likes. */
export class Sleepers {
  readonly workerd: Workerd;

  private constructor(workerd: Workerd) {
    this.workerd = workerd;
  }

  static async open(): Promise<Sleepers> {
    return new Sleepers(await Workerd.temporary(await bundleFaultWorker()));
  }

  close(): Promise<void> {
    return this.workerd.stop();
  }

  async begin(program: unknown): Promise<string> {
    const { status, body } = await this.workerd.post('/v1/executions', { program });
    expect(status).toBe(202);
    return (body as { executionId: string }).executionId;
  }

  async door(name: string, id: string, body = ''): Promise<unknown> {
    return (await this.workerd.json(`/test/${name}/${id}`, { method: 'POST', body })).body;
  }

  /** As the catalogue has it: the execution's own object is not asked, which would wake it. */
  async listed(id: string): Promise<string | undefined> {
    const { body } = await this.workerd.json('/v1/executions?limit=1000');
    const { items } = body as { items: { executionId: string; status: string }[] };
    return items.find(({ executionId }) => executionId === id)?.status;
  }

  async events(id: string): Promise<ToldEvent[]> {
    const { body } = await this.workerd.json(`/v1/executions/${id}/events`);
    return (body as { items: ToldEvent[] }).items;
  }

  async completes(id: string, ms?: number): Promise<void> {
    const asked = () => this.listed(id);
    expect(await until(asked, (status) => status === 'COMPLETED', ms)).toBe('COMPLETED');
  }
}
