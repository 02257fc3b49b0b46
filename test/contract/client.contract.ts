import { describe, expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { ExecutionEngine } from '../../src/host/execution-engine.ts';
import { type ApiFetch, post, quick, waits } from './service.ts';

const steps = {
  heddle: 1,
  name: 'steps',
  nodes: {
    a: { module: 'test.wait', with: { ms: 5 } },
    go: { waitFor: { event: 'go', timeoutMs: 600_000 }, needs: ['a'] },
    b: { module: 'test.wait', with: { ms: 5 }, needs: ['go'] },
  },
};

/** heddle/client does what an engine in the process does. @param createEngine one of the latter, with the modules of test/homes */
export function clientContract(name: string, fetch: ApiFetch, createEngine: () => Promise<ExecutionEngine>): void {
  const send = (request: Request): Promise<Response> | Response => {
    const { pathname, search } = new URL(request.url);
    const { method, headers, signal, body } = request;
    return fetch(pathname + search, {
      method,
      headers,
      signal,
      body,
      ...(body !== null && { duplex: 'half' }),
    } as RequestInit);
  };
  const client = () => createClient({ url: 'http://127.0.0.1', fetch: send });
  const until = async (holds: () => boolean | Promise<boolean>) => {
    for (let polls = 0; polls < 500 && !(await holds()); polls++) await new Promise((wake) => setTimeout(wake, 10));
  };

  describe(`client: ${name}`, () => {
    test('an execution is started, monitored and ends with the same result as here', async () => {
      const engine = client();
      const execution = await engine.start(steps);
      const heard: string[] = [];
      const watching = (async () => {
        for await (const { events, progress, timestamp } of execution.monitor()) {
          expect(timestamp).toBeInstanceOf(Date);
          expect(progress.totalTasks).toBe(3);
          heard.push(...events.map(({ id }) => id));
        }
      })();
      const told: string[] = [];
      engine.subscribe(execution.id, ({ status }) => told.push(status));
      await execution.signal('go', { by: 'me' });
      const result = await execution.result();
      await watching;
      expect(heard).toEqual(result.timeline.map(({ id }) => id));
      expect(heard).toEqual(heard.map((_, index) => String(index + 1)));
      await until(() => told.at(-1) === 'COMPLETED');
      expect([result.status, execution.status, told.at(-1)]).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
      expect(result.startedAt).toBeInstanceOf(Date);
      expect(engine.getStatus(execution.id)).toBe('COMPLETED');
      expect(engine.getResult(execution.id)).toBe(result);
      const here = await createEngine();
      const local = await here.start(steps);
      await local.signal('go', { by: 'me' });
      expect(result.result).toEqual((await local.result()).result);
      expect(Object.keys(result.metrics)).toEqual(Object.keys((await local.result()).metrics));
      await engine.close();
    });

    test('pause, resume, cancel, list, events and delete', async () => {
      const engine = client();
      const { id } = await engine.start(waits);
      await engine.pause(id);
      expect(engine.getStatus(id)).toBe('PAUSED');
      await engine.resume(id);
      await engine.cancel(id, 'enough');
      const again = await client().open(id);
      await until(async () => (await again.update()).status === 'CANCELLED');
      expect((await again.result()).status).toBe('CANCELLED');
      const events = await again.events(1, 2);
      expect(events.map((event) => event.id)).toEqual(['2', '3']);
      await until(async () =>
        (await engine.list({ status: ['FAILED', 'CANCELLED'], limit: 1000 })).some((each) => each.executionId === id),
      );
      const [listed] = (await engine.list({ programName: 'waits' })).filter((each) => each.executionId === id);
      expect(listed).toMatchObject({ executionId: id, status: 'CANCELLED', createdAtMs: expect.any(Number) });
      await engine.delete(id);
      await expect(client().open(id)).rejects.toMatchObject({ code: 'NOT_FOUND', details: { status: 404 } });
    });

    test('checkpoints, forks and changed programs', async () => {
      const engine = client();
      const execution = await engine.start(steps);
      await until(async () => (await execution.update()).progress.completedTasks === 1);
      const checkpoint = await engine.createCheckpoint(execution.id);
      expect(checkpoint.state.completedTasks).toEqual(['a']);
      // However few events there were since: what somebody asks for is made at once.
      expect((await engine.createCheckpoint(execution.id)).id).not.toBe(checkpoint.id);
      expect(checkpoint.state.taskStates.get('a')).toMatchObject({ attempt: 1 });
      await execution.signal('go');
      expect((await execution.result()).status).toBe('COMPLETED');
      await engine.restoreFromCheckpoint(checkpoint.id);
      await execution.signal('go');
      await until(async () => (await execution.update()).status === 'COMPLETED');
      expect((await engine.listCheckpoints(execution.id)).map(({ id }) => id)).toContain(checkpoint.id);
      const fork = await engine.fork(execution.id, { from: 'b' });
      expect(fork.id).not.toBe(execution.id);
      expect((await fork.result()).status).toBe('COMPLETED');
      const other = await engine.start(steps);
      await until(async () => (await other.update()).progress.completedTasks === 1);
      const changed = await engine.change(other.id, {
        ...steps,
        nodes: { ...steps.nodes, b: { module: 'test.wait', with: { ms: 7 }, needs: ['go'] } },
      });
      await changed.signal('go');
      expect((await changed.result()).result).toMatchObject({ b: { waited: 7 } });
      expect((await (await client().open(changed.id)).update()).status).toBe('COMPLETED');
    });

    test('what its tasks wait for, and its trace, which goes on from that of who started it', async () => {
      const engine = client();
      const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
      const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
      const { body } = await post(fetch, '/v1/executions', { program: steps }, { traceparent });
      const { id } = await engine.open((body as { executionId: string }).executionId);
      await until(async () => (await engine.blocked(id)).some(({ why }) => why === 'signal'));
      expect(await engine.blocked(id)).toMatchObject([
        { taskId: 'go', why: 'signal', event: 'go' },
        { taskId: 'b', why: 'dependencies', on: ['go'] },
      ]);
      const spans = (await engine.trace(id)).resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
      expect(spans.map(({ traceId: of }) => of)).toEqual(spans.map(() => traceId));
      expect(spans.length).toBeGreaterThanOrEqual(2);
      await expect(engine.trace('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(engine.blocked('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('an execution moves here and back, and its events join without a gap', async () => {
      const engine = client();
      const execution = await engine.start(steps);
      await until(async () => (await execution.update()).progress.completedTasks === 1);
      const here = await createEngine();
      const moved = await here.import(await engine.export(execution.id, { move: 'delete' }));
      await expect(client().open(execution.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await until(async () => (await moved.update()).status === 'RUNNING');
      const back = await engine.import(await here.export(moved.id, { move: 'delete' }));
      expect(back.id).toBe(execution.id);
      await back.signal('go');
      const { status, timeline } = await back.result();
      expect(status).toBe('COMPLETED');
      expect(timeline.map(({ id }) => Number(id))).toEqual(timeline.map((_, index) => index + 1));
      expect(timeline.filter(({ type, taskId }) => type === 'TASK_STARTED' && taskId === 'a').length).toBe(1);
    });

    test('programs by name, and what they have taught', async () => {
      const engine = client();
      await fetch('/v1/programs/quick', { method: 'PUT', body: JSON.stringify(quick) });
      const result = await engine.executeProgram('quick');
      expect(result.status).toBe('COMPLETED');
      const historyOf = async () => (await engine.history('quick')).map(({ executionId }) => executionId);
      await until(async () => (await historyOf()).includes(result.executionId));
      expect(await historyOf()).toContain(result.executionId);
      expect((await engine.profile('quick')).executions).toBeGreaterThan(0);
      expect(await engine.getExecutionStatus('quick')).toMatchObject({
        programId: 'quick',
        status: expect.any(String),
      });
      expect(await engine.bottlenecks('quick')).toBeInstanceOf(Array);
      expect(await engine.optimizeProgram('quick', { preview: true })).toMatchObject({ applied: false });
      // Whatever was learnt by itself is taken back once.
      await engine.revertOptimization('quick');
      expect(await engine.revertOptimization('quick')).toBe(false);
      await expect(engine.executeProgram('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('a program that is refused is refused with all its errors', async () => {
      const program = { heddle: 1, name: 'bad', nodes: { a: { module: 'x' }, b: { module: 'y' } } };
      const refused = client().start(program);
      await expect(refused).rejects.toMatchObject({ code: 'UNKNOWN_MODULE', errors: [{ code: 'UNKNOWN_MODULE' }, {}] });
    });

    test('a connection that breaks anywhere costs no event and repeats none', { timeout: 60_000 }, async () => {
      let broken = 0;
      const engine = createClient({
        url: 'http://127.0.0.1',
        async fetch(request) {
          const response = await send(request);
          if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) return response;
          const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
          let left = 700 + ((broken * 613) % 1900);
          const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
            async pull(controller) {
              const { done, value } = await reader.read();
              if (done) return controller.close();
              controller.enqueue(value.subarray(0, left));
              left -= value.length;
              if (left > 0) return;
              broken++;
              await reader.cancel();
              // Now in order, now not.
              if (broken % 2 === 0) controller.close();
              else controller.error(new TypeError('terminated'));
            },
            cancel: () => reader.cancel(),
          });
          return new Response(body, { headers: response.headers });
        },
      });
      const nodes = Object.fromEntries(
        Array.from({ length: 12 }, (_, n) => [
          `n${n}`,
          { module: 'test.wait', with: { ms: 3 }, ...(n > 0 && { needs: [`n${n - 1}`] }) },
        ]),
      );
      const execution = await engine.start({ heddle: 1, name: 'chain', nodes });
      const heard: number[] = [];
      for await (const { events } of execution.monitor()) heard.push(...events.map(({ id }) => Number(id)));
      const { timeline } = await execution.result();
      expect(heard).toEqual(timeline.map(({ id }) => Number(id)));
      expect(broken).toBeGreaterThan(2);
    });

    test('an answer that is lost does not start anything twice', async () => {
      let lost = 0;
      const engine = createClient({
        url: 'http://127.0.0.1',
        async fetch(request) {
          const response = await send(request);
          if (request.method !== 'POST' || lost >= 2) return response;
          lost++;
          await response.body?.cancel();
          throw new TypeError('fetch failed');
        },
      });
      const before = new Set((await engine.list({ limit: 1000 })).map(({ executionId }) => executionId));
      const { id } = await engine.start(quick);
      const after = (await engine.list({ limit: 1000 })).map(({ executionId }) => executionId);
      expect(after.filter((each) => !before.has(each))).toEqual([id]);
      expect(lost).toBe(2);
    });

    test('the metrics are those of the service', async () => {
      expect(await client().metrics()).toContain('heddle_executions_stored{status="COMPLETED"}');
    });

    test('what is code or held by a process is refused, with what to do instead', async () => {
      const engine = client();
      expect(() => engine.addRecoveryStrategy()).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
      await expect(engine.allocateResources()).rejects.toMatchObject({ code: 'UNSUPPORTED', hint: expect.any(String) });
      expect(() => engine.getStatus('ex_nobody')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    });
  });
}
