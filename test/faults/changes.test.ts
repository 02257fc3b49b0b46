import { describe, expect, test } from 'vitest';
import { HeddleError } from '../../src/errors.ts';
import { quiet } from '../../src/testing/quiet.ts';
import { createTestEngine } from '../../src/testing/test-engine.ts';
import { memoryStores, type TestStores } from '../../src/testing/test-stores.ts';

const [originId, changedId] = ['ex_origin', 'ex_changed'];
const writes: ReadonlySet<string> = new Set(['create', 'claim', 'commit', 'delete', 'put', 'count']);

/** Fails one write, before or after it was done; from there on all of them, when the host dies of it. */
class Failing {
  done = 0;
  armed = false;
  #dead = false;

  constructor(
    readonly at: number,
    readonly when: 'before' | 'after',
    readonly dies: boolean,
  ) {}

  stores(stores: TestStores): TestStores {
    return {
      journal: this.#over(stores.journal),
      artifacts: this.#over(stores.artifacts),
      records: this.#over(stores.records),
    };
  }

  #over<T extends object>(store: T): T {
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        const call = (...given: unknown[]): unknown => Reflect.apply(member, target, given);
        return writes.has(String(name)) ? (...given: unknown[]) => this.#write(() => call(...given)) : call;
      },
    });
  }

  #write(write: () => unknown): unknown {
    if (this.#dead) throw failed();
    if (!this.armed || ++this.done !== this.at) return write();
    this.#dead = this.dies;
    if (this.when === 'after') write();
    throw failed();
  }
}

function failed(): HeddleError {
  return new HeddleError({ code: 'STORAGE_FAILED', message: 'the test wants it' });
}

const runs: string[] = [];
const modules = [
  {
    name: 'test.big',
    version: '1',
    run: (_: unknown, { taskId }: { taskId: string }) => {
      runs.push(taskId);
      // More than fits into the journal.
      return { text: 'x'.repeat(40_000) };
    },
  },
];
const program = (last: string) => ({
  heddle: 1,
  name: 'changing',
  nodes: {
    big: { module: 'test.big', with: {} },
    small: { module: 'test.big', with: { n: 1 } },
    gate: { waitFor: { event: 'go' }, needs: ['big'] },
    last: { module: 'test.big', with: { said: last, of: '${size(big.text)}' }, needs: ['gate', 'small'] },
  },
  outputs: { size: '${size(big.text)}', said: last },
});

/** @returns whether the write that was to fail was reached */
async function interrupted(at: number, when: 'before' | 'after', dies: boolean): Promise<boolean> {
  runs.length = 0;
  const stores = memoryStores();
  const failing = new Failing(at, when, dies);
  const first = createTestEngine({ modules, stores: failing.stores(stores) }).engine;
  await first.start(program('before'), {}, { executionId: originId });
  await quiet();
  failing.armed = true;
  const acknowledged = await first.change(originId, program('after'), { executionId: changedId }).then(
    () => true,
    () => false,
  );
  await quiet();
  await first.close();
  failing.armed = false;

  const { engine } = createTestEngine({ modules, stores, seed: 2 });
  await engine.recover();
  await quiet();
  const where = `write ${at}, ${when}${dies ? ', dies' : ''}`;
  const unfinished = await engine.list({ status: ['PENDING', 'RUNNING', 'PAUSED'] });
  const [goesOn, ...others] = unfinished.map(({ executionId }) => executionId);
  expect([goesOn === originId || goesOn === changedId, others], where).toEqual([true, []]);
  if (acknowledged) expect(goesOn, where).toBe(changedId);
  const handle = await engine.open(goesOn ?? '');
  await handle.signal('go');
  const { status, result } = await handle.result();
  const said = goesOn === changedId ? 'after' : 'before';
  expect({ status, result }, where).toEqual({ status: 'COMPLETED', result: { size: 40_000, said } });
  // What had finished did not run again.
  expect([...runs].sort(), where).toEqual(['big', 'last', 'small']);
  const statuses = new Map((await engine.list()).map((summary) => [summary.executionId, summary.status]));
  expect(Object.fromEntries(statuses), where).toEqual(
    goesOn === changedId ? { [originId]: 'CANCELLED', [changedId]: 'COMPLETED' } : { [originId]: 'COMPLETED' },
  );
  await engine.close();
  return failing.done >= at;
}

describe('an execution whose program is changed', () => {
  test.each(['before', 'after'] as const)(
    'FK4 goes on exactly once, whichever write of the change fails (%s it is done)',
    async (when) => {
      let reached = 0;
      for (const dies of [true, false]) {
        for (let at = 1; await interrupted(at, when, dies); at++) reached++;
      }
      // Created, linked, cancelled in two commits, two artifacts, the claim, the start, the link.
      expect(reached).toBeGreaterThanOrEqual(16);
    },
  );
});
