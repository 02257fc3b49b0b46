import type { Fork } from '../../engine/lineage.ts';
import { HeddleError } from '../../errors.ts';
import type { Execution } from '../drive/execution.ts';
import type { ForkOptions } from '../execution-engine.ts';
import type { Home } from '../home.ts';
import { readInputs } from '../programs/submission.ts';
import { inherited } from './inheritance.ts';
import type { Lifecycle } from './lifecycle.ts';

/** New executions that take over what another has done. */
export class Forks {
  readonly #home: Home;
  readonly #lifecycle: Lifecycle;

  constructor(home: Home, lifecycle: Lifecycle) {
    this.#home = home;
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
      inherited: await inherited(this.#home.artifacts, origin, plan, new Set(roots), id),
    };
    return this.#lifecycle.beginChecked(id, header.program, given, {
      options: state.options,
      fork,
      ...(state.weights !== undefined && { weights: state.weights }),
    });
  }
}
