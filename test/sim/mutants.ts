/** A bug planted in the source: the text that is replaced must occur exactly once, so that no mutant goes stale unnoticed. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The module of test/sim/judges that has to notice. */
  readonly judge: 'world' | 'stored-bytes' | 'equal-calls' | 'gates';
}

export const mutants: readonly Mutant[] = [
  {
    name: 'no fencing: any answer of a running task counts',
    file: 'src/engine/attempt.ts',
    find: "task?.status === 'running' && task.attempt === event.attempt && task.epoch === event.epoch",
    replace: "task?.status === 'running'",
    judge: 'world',
  },
  {
    name: 'no intent: commands are carried out before the commit',
    file: 'src/host/drive/driver.ts',
    find: `const committed = this.#commit(turn);
    if (isPromise(committed)) return committed.then(() => this.#carryOut(turn.orders));
    return this.#carryOut(turn.orders);`,
    replace: 'this.#carryOut(turn.orders); return this.#commit(turn);',
    judge: 'world',
  },
  {
    name: 'lost wake-up: after waking, the next one is not armed again',
    file: 'src/engine/apply.ts',
    find: 'state.derived.armedAtMs = null;',
    replace: '',
    judge: 'world',
  },
  {
    name: 'double start: an order to start is carried out twice',
    file: 'src/host/drive/orders.ts',
    find: 'return this.#attempts.start(command);',
    replace: 'this.#attempts.start(command); return this.#attempts.start(command);',
    judge: 'world',
  },
  {
    name: 'permits are not given back when an attempt ends',
    file: 'src/host/gates/permit-desk.ts',
    find: 'if (admission?.granted) admission.release(outcome).catch(() => undefined);',
    replace: '',
    judge: 'world',
  },
  {
    name: 'compensation in the order of the program, not against it',
    file: 'src/engine/compensate.ts',
    find: 'if (state.derived.undoWaits[task.node] === 0) move',
    replace: 'move',
    judge: 'world',
  },
  {
    name: 'the digest of stored events is not looked at',
    file: 'src/adapters/sql/packed-commit.ts',
    find: "if (chain(previous, bytes, hash) !== textOf(first, 'digest'))",
    replace: 'if (previous === undefined)',
    judge: 'stored-bytes',
  },
  {
    name: 'single flight: a claim of another is taken for none',
    file: 'src/host/run/result-cache.ts',
    find: "if (entry.kind === 'claim' && entry.owner !== owner && entry.untilMs > nowMs) return { wait: true };",
    replace: '',
    judge: 'equal-calls',
  },
  {
    name: 'the key of a result leaves out the version of the module',
    file: 'src/host/run/result-cache.ts',
    find: 'const name = fullName(this.#options.modules.get(module));',
    replace: 'const { name } = this.#options.modules.get(module);',
    judge: 'equal-calls',
  },
  {
    name: 'backfilling without ageing',
    file: 'src/policy/allocation.ts',
    find: "return nowMs - sinceMs >= ageingMs ? 'aged' : 'young';",
    replace: "return 'young';",
    judge: 'gates',
  },
  {
    name: 'a half-open breaker lets everybody through',
    file: 'src/policy/breaker.ts',
    find: "if (state.phase === 'halfOpen' && state.trials < policy.halfOpenMax) {",
    replace: "if (state.phase === 'halfOpen') {",
    judge: 'gates',
  },
];
