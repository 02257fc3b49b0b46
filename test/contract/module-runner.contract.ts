import { afterEach, describe, expect, test } from 'vitest';
import type { ErrorData } from '../../src/errors.ts';
import type { ModuleCall, ModuleRunner, RunningCall } from '../../src/ports/module-runner.ts';
import type { Value } from '../../src/program/value.ts';

export interface RunnerContractOptions {
  /** A runner over `contractModules`. */
  readonly open: () => ModuleRunner;
  /** Whether a module that never yields can be stopped: only where it has a thread of its own that can be killed. */
  readonly killsLoops: boolean;
}

type Answer = { readonly output: Value } | { readonly error: ErrorData };

/** What every module runner must do (MR); its modules are in contract-modules.ts. */
export function moduleRunnerContract(name: string, { open, killsLoops }: RunnerContractOptions): void {
  const opened: ModuleRunner[] = [];
  afterEach(async () => {
    for (const runner of opened.splice(0)) await runner.close();
  });
  const newRunner = (): ModuleRunner => {
    const runner = open();
    opened.push(runner);
    return runner;
  };
  const callOf = (module: string, input: Value, more: Partial<ModuleCall> = {}): ModuleCall => ({
    executionId: 'ex',
    taskId: 'task',
    attempt: 1,
    generation: 0,
    module,
    input,
    ...more,
  });

  /** Starts a call and counts its answers. */
  function start(runner: ModuleRunner, call: ModuleCall) {
    const answers: Answer[] = [];
    const said: Value[] = [];
    let running: RunningCall | null = null;
    const first = new Promise<Answer>((resolve) => {
      const settle = (answer: Answer): void => {
        answers.push(answer);
        resolve(answer);
      };
      running = runner.start(call, {
        succeeded: (output) => settle({ output }),
        failed: (error) => settle({ error }),
        emitted: (chunk) => said.push(chunk),
        progressed: (fraction) => said.push(fraction),
        logged: (message) => said.push(message),
        used: (usage) => said.push(usage as Value),
        heartbeat: () => said.push('heartbeat'),
      });
    });
    return { first, answers, said, abort: (reason: ErrorData) => running?.abort(reason) };
  }
  const settleTime = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 400));

  describe(`module runner: ${name}`, () => {
    test('MR1 a call answers once, with the output of the module', async () => {
      const call = start(newRunner(), callOf('echo', { a: 1, bytes: Uint8Array.of(1, 2) }));
      expect(await call.first).toEqual({ output: { a: 1, bytes: Uint8Array.of(1, 2) } });
      await settleTime();
      expect(call.answers.length).toBe(1);
    });

    test.each([
      ['an error', 'error', { code: 'MODULE_FAILED', message: 'on purpose' }],
      ['an error with a code', 'coded', { code: 'PAYMENT_REFUSED', retryable: false }],
      ['something that is no error', 'text', { code: 'MODULE_FAILED' }],
      ['undefined', 'nothing', { code: 'MODULE_FAILED' }],
    ])('MR2 a module that throws %s fails the call, not the runner', async (_, what, expected) => {
      const runner = newRunner();
      expect(await start(runner, callOf('throw', what)).first).toMatchObject({ error: expected });
      expect(await start(runner, callOf('echo', 1)).first).toEqual({ output: 1 });
    });

    test('MR3 an output that is not a value fails the call, or is refused by whoever stores it', async () => {
      const runner = newRunner();
      const answer = await start(runner, callOf('function', null)).first;
      if ('error' in answer) expect(answer.error.code).toBe('BAD_OUTPUT');
      else expect(typeof answer.output).toBe('function');
      expect(await start(runner, callOf('echo', 1)).first).toEqual({ output: 1 });
    });

    test('MR4 an abort settles the call at once, reaches the module, and frees the slot', async () => {
      const runner = newRunner();
      const call = start(runner, callOf('forever', null));
      await settleTime();
      call.abort({ code: 'ABORTED', message: 'enough' });
      expect(await call.first).toEqual({ error: { code: 'ABORTED', message: 'enough' } });
      await settleTime();
      expect(call.answers.length).toBe(1);
      expect(await start(runner, callOf('echo', 2)).first).toEqual({ output: 2 });
    });

    if (killsLoops)
      test('MR5 a module that never yields is killed, and its place is filled', async () => {
        const runner = newRunner();
        const loops = Array.from({ length: runner.slots }, () => start(runner, callOf('loop', null)));
        await settleTime();
        for (const loop of loops) loop.abort({ code: 'TIMEOUT', message: 'too long' });
        for (const loop of loops) expect(await loop.first).toMatchObject({ error: { code: 'TIMEOUT' } });
        expect(await start(runner, callOf('echo', 3)).first).toEqual({ output: 3 });
      });

    test('MR6 a module that is not there fails the call, for good', async () => {
      expect(await start(newRunner(), callOf('nobody', null)).first).toMatchObject({
        error: { code: 'UNKNOWN_MODULE', retryable: false },
      });
    });

    test('MR7 an input that does not match the schema fails the call, for good', async () => {
      expect(await start(newRunner(), callOf('strict', { n: 'x' })).first).toMatchObject({
        error: { code: 'BAD_INPUT', retryable: false },
      });
    });

    test('MR8 what a module says while it runs is passed on before its answer', async () => {
      const call = start(newRunner(), callOf('talk', null));
      expect(await call.first).toEqual({ output: 'said' });
      expect(call.said).toEqual(['chunk', 0.5, 'logged', { inputTokens: 3 }, { metrics: { pages: 2 } }]);
    });

    test('MR9 the idempotency key is the same for every attempt and differs by task and generation', async () => {
      const runner = newRunner();
      const key = async (more: Partial<ModuleCall>) =>
        (await start(runner, callOf('key', null, more)).first) as unknown;
      const base = await key({});
      expect(await key({ attempt: 2 })).toEqual(base);
      expect(await key({ taskId: 'other' })).not.toEqual(base);
      expect(await key({ generation: 1 })).not.toEqual(base);
    });

    test('MR10 as many calls as there are slots run side by side', async () => {
      const runner = newRunner();
      const count = Math.min(runner.slots, 4);
      const calls = Array.from({ length: count }, (_, index) =>
        start(runner, callOf('forever', null, { taskId: `t${index}` })),
      );
      // None ends, so those that have begun are under way together.
      await expect.poll(() => calls.map(({ said }) => said), { timeout: 20_000 }).toEqual(calls.map(() => ['begun']));
      for (const call of calls) call.abort({ code: 'ABORTED', message: 'enough' });
      for (const call of calls) expect(await call.first).toMatchObject({ error: { code: 'ABORTED' } });
    });
  });
}
