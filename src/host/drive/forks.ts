import type { Fork, Inherited } from '../../engine/event.ts';
import { HeddleError } from '../../errors.ts';
import { isTerminal } from '../../observe/status.ts';
import type { Plan } from '../../plan/plan.ts';
import { diffPrograms } from '../../plan/program-diff.ts';
import type { ValueRef } from '../../program/value.ts';
import type { ChangeOptions, ForkOptions, ProgramSource } from '../execution-engine.ts';
import type { Home } from '../home.ts';
import { readInputs, readProgram } from '../programs/submission.ts';
import { planOf } from './boot.ts';
import type { Custody } from './custody.ts';
import type { Execution } from './execution.ts';
import type { Lifecycle } from './lifecycle.ts';
import { cancelRequest, request } from './requests.ts';

/** New executions that take over what another has done. */
export class Forks {
  readonly #home: Home;
  readonly #custody: Custody;
  readonly #lifecycle: Lifecycle;

  constructor(home: Home, custody: Custody, lifecycle: Lifecycle) {
    this.#home = home;
    this.#custody = custody;
    this.#lifecycle = lifecycle;
  }

  /** A new execution in which `from` and what depends on it runs again. @throws UNKNOWN_NODE, BAD_INPUT */
  async fork(executionId: string, { from, inputs, executionId: forkId }: ForkOptions): Promise<Execution> {
    const origin = await this.#lifecycle.open(executionId);
    const { plan, state, values, header } = origin;
    const roots = typeof from === 'string' ? [from] : from;
    for (const id of roots) {
      if (plan.indexOf.has(id)) continue;
      throw new HeddleError({ code: 'UNKNOWN_NODE', message: `${header.programName} has no node ${id}`, path: 'from' });
    }
    const given = inputs === undefined ? await values.get(state.inputs) : readInputs(header.program, inputs);
    const id = forkId ?? this.#home.random.id('ex');
    const fork: Fork = {
      executionId,
      from: roots,
      inputsChanged: inputs !== undefined,
      inherited: await this.#inherited(origin, plan, new Set(roots), id),
    };
    return this.#lifecycle.beginChecked(id, header.program, given, {
      options: state.options,
      fork,
      ...(state.weights !== undefined && { weights: state.weights }),
    });
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
    const plan = planOf(this.#home, program);
    const diff = diffPrograms(origin.header.program, program);
    const lost = origin.plan.nodes.filter(
      ({ id, index }) => origin.state.tasks[index]?.status === 'succeeded' && diff.reasons.has(id),
    );
    if (lost.length > 0) {
      const told = lost.map(({ id }) => `${id} ${diff.reasons.get(id)}`);
      throw new HeddleError({
        code: 'NOT_ALLOWED',
        message: `the change would lose finished tasks: ${told.slice(0, 5).join('; ')}`,
        hint: 'leave what has finished as it is, or start a new execution',
        details: { lost: Object.fromEntries(lost.map(({ id }) => [id, diff.reasons.get(id)])) },
      });
    }
    const inputs = readInputs(program, await origin.values.get(origin.state.inputs));
    const id = options.executionId ?? this.#home.random.id('ex');
    await request(this.#custody.get(executionId), cancelRequest(`its program was changed: ${id} goes on`));
    const inherited = await this.#inherited(origin, plan, diff.changed, id);
    const fork: Fork = { executionId, from: [...diff.changed], inputsChanged: false, inherited };
    return this.#lifecycle.beginChecked(id, program, inputs, { options: origin.state.options, fork });
  }

  /** Outputs of the origin that the new execution may use; what `roots` reach is marked to run again. */
  async #inherited(origin: Execution, plan: Plan, roots: ReadonlySet<string>, id: string): Promise<Inherited[]> {
    const again = new Uint8Array(plan.nodes.length);
    for (const index of plan.order) {
      const node = plan.nodes[index]?.id ?? '';
      const reached = (plan.dependencies[index] ?? []).some((dependency) => again[dependency] === 1);
      if (reached || roots.has(node)) again[index] = 1;
    }
    const inherited: Inherited[] = [];
    for (const { id: node, index } of plan.nodes) {
      const task = origin.state.tasks[origin.plan.indexOf.get(node) ?? -1];
      if (task?.status !== 'succeeded' || task.output === null) continue;
      await this.#copyArtifacts(task.output, origin.id, id);
      inherited.push({ node, output: task.output, again: again[index] === 1 });
    }
    return inherited;
  }

  async #copyArtifacts(ref: ValueRef, from: string, to: string): Promise<void> {
    if ('list' in ref) {
      for (const part of ref.list) if (part !== null) await this.#copyArtifacts(part, from, to);
    } else if ('digest' in ref) {
      const bytes = await this.#home.artifacts.get(from, ref.digest);
      if (bytes !== undefined) await this.#home.artifacts.put(to, ref.digest, bytes);
    }
  }
}
