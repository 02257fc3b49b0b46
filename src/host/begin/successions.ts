import { HeddleError, isHeddleError } from '../../errors.ts';
import { isTerminal } from '../../observe/status.ts';
import { diffPrograms, type ProgramDiff } from '../../plan/program-diff.ts';
import type { ExecutionHeader } from '../../ports/journal-store.ts';
import type { Lease } from '../../ports/lease.ts';
import type { Custody } from '../drive/custody.ts';
import { type Execution, isEnd } from '../drive/execution.ts';
import { cancelRequest, request } from '../drive/requests.ts';
import type { ChangeOptions } from '../execution-engine.ts';
import type { Home } from '../home.ts';
import { planOf } from '../programs/plan-of.ts';
import type { ProgramSource } from '../programs/program-source.ts';
import { readInputs, readProgram } from '../programs/submission.ts';
import { notAllowed } from '../refusals.ts';
import { JsonRecords } from '../values/json-records.ts';
import { inherited } from './inheritance.ts';
import type { Lifecycle } from './lifecycle.ts';

/** Of an execution that is to take the place of another, until it has. */
interface Succession {
  readonly of: string;
}

/**
 * Executions that take the place of others, under another program. Whatever happens in between, exactly one goes on: the successor
 * is created, but does not begin, before the other is cancelled; the cancel names it; and only by that it begins, now
 * or when it is recovered. One that nobody was cancelled for is erased.
 */
export class Successions {
  readonly #home: Home;
  readonly #custody: Custody;
  readonly #lifecycle: Lifecycle;
  readonly #links: JsonRecords<Succession>;

  constructor(home: Home, custody: Custody, lifecycle: Lifecycle) {
    this.#home = home;
    this.#custody = custody;
    this.#lifecycle = lifecycle;
    this.#links = new JsonRecords(home.records, 'succession');
  }

  /**
   * Goes on under another program: the execution is cancelled, and a new one takes over what is as it was. Everything that
   * has finished must still be valid, which is so when neither its node nor anything before it has changed.
   * @throws NOT_ALLOWED with every finished task that would be lost in `details.lost`
   */
  async change(executionId: string, source: ProgramSource, options: ChangeOptions = {}): Promise<Execution> {
    const origin = await this.#lifecycle.open(executionId);
    if (isTerminal(origin.status)) {
      throw new HeddleError({
        code: 'NOT_ALLOWED',
        message: `execution ${executionId} is ${origin.status}: its program cannot be changed any more`,
        hint: 'fork it',
      });
    }
    const program = await readProgram(source, this.#home.modules, this.#home.resources?.capacity ?? null);
    // What cannot be planned, or does not take these inputs, is refused before anything is done.
    planOf(this.#home, program);
    refuseLoss(origin, diffPrograms(origin.header.program, program));
    readInputs(program, await origin.values.get(origin.state.inputs));
    const id = options.executionId ?? this.#home.random.id('ex');
    const lease = await this.#custody.hold(id);
    try {
      const header = await this.#lifecycle.create(id, program);
      try {
        await this.#links.add(id, { of: executionId });
        await request(this.#custody.get(executionId), cancelRequest(`its program was changed: ${id} goes on`, 0, id));
      } catch (thrown) {
        // It has ended by itself. After any other failure, the journal will tell whether it was cancelled.
        if (isHeddleError(thrown) && thrown.code === 'NOT_ALLOWED') await this.#giveUp(id);
        throw thrown;
      }
      const begun = await this.takeOver(header, lease);
      if (begun !== undefined) return begun;
      await this.#giveUp(id);
      throw notAllowed(origin, 'a change of program');
    } catch (thrown) {
      lease.release();
      throw thrown;
    }
  }

  /**
   * Lets an execution that has not begun take the place of the one that was cancelled for it.
   * @returns undefined when there is none: it never will begin
   */
  async takeOver(header: ExecutionHeader, lease: Lease): Promise<Execution | undefined> {
    const { executionId: id, program } = header;
    const link = await this.#links.get(id);
    const origin = link === undefined ? undefined : await this.#opened(link.of);
    if (origin === undefined || !(await isCancelledFor(origin, id))) {
      if (link !== undefined) await this.#links.delete(id);
      return undefined;
    }
    const inputs = readInputs(program, await origin.values.get(origin.state.inputs));
    const plan = planOf(this.#home, program);
    const { changed } = diffPrograms(origin.header.program, program);
    const fork = {
      executionId: origin.id,
      from: [...changed],
      inputsChanged: false,
      inherited: await inherited(this.#home.artifacts, origin, plan, changed, id),
    };
    const begun = await this.#lifecycle.beginCreated(header, inputs, lease, { options: origin.state.options, fork });
    await this.#links.delete(id).catch(() => undefined);
    return begun;
  }

  async #giveUp(id: string): Promise<void> {
    await this.#links.delete(id);
    await this.#home.journal.delete(id);
  }

  async #opened(executionId: string): Promise<Execution | undefined> {
    try {
      return await this.#lifecycle.open(executionId);
    } catch (thrown) {
      if (isHeddleError(thrown) && thrown.code === 'NOT_FOUND') return undefined;
      throw thrown;
    }
  }
}

/** Whether it ends, or has ended, for that one to go on; resolves when it has ended. */
async function isCancelledFor(origin: Execution, id: string): Promise<boolean> {
  if (origin.state.verdict?.error.details?.successor !== id) return false;
  if (!isTerminal(origin.status)) await origin.until(isEnd);
  return origin.status === 'CANCELLED';
}

/** @throws NOT_ALLOWED */
function refuseLoss(origin: Execution, { reasons }: ProgramDiff): void {
  const lost = origin.plan.nodes.filter(
    ({ id, index }) => origin.state.tasks[index]?.status === 'succeeded' && reasons.has(id),
  );
  if (lost.length === 0) return;
  const told = lost.map(({ id }) => `${id} ${reasons.get(id)}`);
  throw new HeddleError({
    code: 'NOT_ALLOWED',
    message: `the change would lose finished tasks: ${told.slice(0, 5).join('; ')}`,
    hint: 'leave what has finished as it is, or start a new execution',
    details: { lost: Object.fromEntries(lost.map(({ id }) => [id, reasons.get(id)])) },
  });
}
