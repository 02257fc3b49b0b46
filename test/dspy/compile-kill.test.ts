import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ModelServer } from '../support/model-server.ts';
import { buildCompileProcess, compile } from './compiling.ts';
import { examples } from './rag.ts';
import { askedAbout, ragAnswer } from './rag-answers.ts';

const folder = mkdtempSync(join(tmpdir(), 'heddle-compile-'));
let server: ModelServer;
let compilations = 0;

beforeAll(async () => {
  await buildCompileProcess();
  server = await new ModelServer(ragAnswer).start();
}, 60_000);
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  server.answering = ragAnswer;
  server.onAnswered = () => undefined;
  server.calls.length = 0;
  server.answered.length = 0;
});

const newDirectory = (): string => join(folder, String(compilations++));
const names = examples.map(({ fields }) => /Where was (\w+)/.exec(String(fields.question))?.[1] ?? '').sort();
const answeredAbout = (): readonly string[] => server.answered.map(askedAbout).sort();

test('killed half-way and resumed, not one paid call is repeated', { timeout: 60_000 }, async () => {
  const undisturbed = await compile(server.url, newDirectory()).end;
  expect(answeredAbout()).toEqual(names);
  server.calls.length = 0;
  server.answered.length = 0;

  // Two waves are answered, and of the third every call is on its way when the process dies: nobody has paid for those yet.
  const directory = newDirectory();
  const first = compile(server.url, directory);
  const killed = new Promise<void>((resolve) => {
    server.answering = (call, index) => {
      if (index < 8) return ragAnswer(call);
      if (index === 11) resolve();
      return new Promise(() => undefined);
    };
  });
  await killed;
  first.child.kill('SIGKILL');
  expect(await first.end).toBeUndefined();
  expect(server.answered.length).toBe(8);

  server.answering = ragAnswer;
  const state = await compile(server.url, directory).end;
  expect(answeredAbout()).toEqual(names);
  expect(state).toEqual(undisturbed);

  // What has ended is not begun again.
  expect(await compile(server.url, directory).end).toEqual(state);
  expect(server.calls.length).toBe(12 + 12);
});

test('killed the moment an answer is out: a service that knows keys of idempotency is paid once', {
  timeout: 60_000,
}, async () => {
  const directory = newDirectory();
  const keyOf = ({ headers }: { headers: { [name: string]: unknown } }): string => String(headers['idempotency-key']);
  const moments = [5, 14];
  let state: unknown;
  for (const moment of [...moments, Number.POSITIVE_INFINITY]) {
    const paid = new Set(server.answered.map(keyOf));
    const { child, end } = compile(server.url, directory);
    server.onAnswered = (call) => {
      paid.add(keyOf(call));
      if (paid.size >= moment) child.kill('SIGKILL');
    };
    state = await end;
    expect(state === undefined).toBe(moment !== Number.POSITIVE_INFINITY);
  }
  expect(new Set(server.answered.map(keyOf)).size).toBe(20);
  expect([...new Set(answeredAbout())]).toEqual(names);
  // Without such keys, what was answered and not yet written down is asked again: at most a wave for each kill.
  expect(server.answered.length).toBeLessThanOrEqual(20 + 4 * moments.length);
  expect(state).toMatchObject({ 'generate.predict': { demos: expect.any(Array) } });
});
