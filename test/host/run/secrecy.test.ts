import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createEngine,
  type DefaultExecutionEngine,
  DefaultMonitoringSystem,
  defineModule,
  type ExecutionResult,
  type LogLine,
} from '../../../src/index.ts';

/** How a secret gets into what a module tells. */
const disguises: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `${secret.slice(0, 12)}…`,
  (secret) => `…${secret.slice(-12)}`,
  (secret) => btoa(secret),
  (secret) => btoa(`user:${secret}`),
  (secret) => `https://x.example/?key=${encodeURIComponent(secret)}`,
  (secret) => JSON.stringify({ secret }),
];

const canaries = Object.fromEntries(
  Array.from({ length: 50 }, (_, index) => [
    `KEY_${index}`,
    // Not only letters, so that every encoding changes it.
    `cnry${String(index).padStart(2, '0')}+${btoa(String(index * 7_919 + 104_729)).replaceAll('=', '/')}é"${index}#tail${index * 31}`,
  ]),
);

/** Every 8 characters of a secret that a text must not hold, in clear and in base64. */
function traces(secret: string): readonly string[] {
  const utf8 = Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1);
  return [secret.slice(0, 10), secret.slice(-10), utf8.slice(0, 12), encodeURIComponent(secret).slice(0, 14)];
}

/** Thrown by a client that was made in an attempt before: only that one asked for the secret. */
const clients = new Map<string, () => never>();

const leak = defineModule<{ name: string; how: number }, string>({
  name: 'test.leak',
  version: '1',
  run: ({ name, how }, ctx) => {
    const known = clients.get(name);
    if (known !== undefined) return known();
    const secret = ctx.secret(name);
    const told = disguises[how % disguises.length]?.(secret) ?? '';
    ctx.log(`using ${told}`, { told, [told]: [{ told }] });
    ctx.emit({ told });
    const error = Object.assign(new Error(`refused ${told}`), { code: how % 3 === 0 ? told : 'REFUSED', cause: told });
    clients.set(name, () => {
      throw error;
    });
    throw error;
  },
});

test('I14 of 50 secrets in errors, logs and chunks nothing is told, logged, traced or stored, in whatever form', async () => {
  process.env.HEDDLE_TEST_CANARIES = JSON.stringify(canaries);
  const directory = await mkdtemp(join(tmpdir(), 'heddle-secrets-'));
  const lines: LogLine[] = [];
  const engine = await createEngine({
    modules: [leak],
    directory,
    log: (line) => lines.push(line),
    secrets: (name) => JSON.parse(process.env.HEDDLE_TEST_CANARIES ?? '{}')[name],
  });
  const told: unknown[] = [];
  try {
    for (const [index, name] of Object.keys(canaries).entries()) {
      told.push(await follow(engine, name, index));
    }
    told.push(lines, engine.metrics(), await engine.history('leaks'), await engine.profile('leaks'));
    expect(lines.filter(({ level }) => level === 'ERROR')).toHaveLength(50);
    const texts = [JSON.stringify(told), ...(await files(directory))];
    expect(texts.join('').length).toBeGreaterThan(100_000);
    const found = Object.values(canaries).flatMap((secret) =>
      traces(secret).filter((trace) => texts.some((text) => text.includes(trace))),
    );
    expect(found).toEqual([]);
    expect(JSON.stringify(told)).toContain('[redacted]');
  } finally {
    await engine.close();
    await rm(directory, { recursive: true });
    delete process.env.HEDDLE_TEST_CANARIES;
  }
});

async function follow(engine: DefaultExecutionEngine, name: string, how: number): Promise<unknown> {
  const nodes = { a: { module: 'test.leak', with: { name, how }, retry: { attempts: 2, delayMs: 1 } } };
  const execution = await engine.start({ heddle: 1, name: 'leaks', nodes });
  const alerts: unknown[] = [];
  const monitoring = new DefaultMonitoringSystem(engine);
  monitoring.setAlert({ metric: 'failed_tasks', operator: 'gte', threshold: 1 }, (alert) => alerts.push(alert));
  monitoring.startMonitoring(execution.id);
  const updates = [];
  for await (const update of execution.monitor()) updates.push(update);
  const result: ExecutionResult = await execution.result();
  expect(result.status).toBe('FAILED');
  expect(updates.flatMap(({ messages }) => messages).length).toBeGreaterThan(2);
  const trace = await engine.trace(execution.id);
  expect(JSON.stringify(trace)).toContain('[redacted]');
  const checkpoints = await engine.listCheckpoints(execution.id);
  const timeline = monitoring.getTimeline(execution.id);
  return { updates, result, events: await execution.events(), trace, checkpoints, timeline, alerts };
}

/** Every file of the store, as text. */
async function files(directory: string): Promise<readonly string[]> {
  const { readdir } = await import('node:fs/promises');
  const names = await readdir(directory);
  return Promise.all(names.map(async (name) => readFile(join(directory, name), 'latin1')));
}

test('outputs hide it too: they are stored, shown and moved to other homes', async () => {
  const hand = defineModule({ name: 'test.hand', version: '1', run: (_, ctx) => `token ${ctx.secret('TOKEN')}` });
  const engine = await createEngine({ modules: [hand], secrets: () => 'a-session-token' });
  const { result } = await engine.execute({ heddle: 1, name: 'p', nodes: { a: { module: 'test.hand' } } });
  expect(result).toEqual({ a: 'token [redacted]' });
});

test.each([
  { sleepMs: '${a}' },
  { sleepUntil: '${a}' },
  { sleepMs: '${[a]}' },
  { waitFor: { event: '${{"k": a}}' } },
  { module: 'test.hand', if: '${a}' },
  { module: 'test.hand', with: { n: '${a + 1}' } },
  { module: 'test.hand', with: { n: '${int(a)}' } },
  { module: 'test.hand', with: { n: '${timestamp(a)}' } },
  { module: 'test.hand', with: { n: '${{"x": 1}[a]}' } },
  { module: 'test.hand', forEach: { items: '${a}' } },
  { module: 'test.hand', repeat: { while: '${a}', maxIterations: 2 } },
])('an error of the engine about an output does not quote it: %j', async (node) => {
  const hand = defineModule({ name: 'test.hand', version: '1', run: () => 'a-session-token' });
  const lines: LogLine[] = [];
  const engine = await createEngine({ modules: [hand], log: (line) => lines.push(line) });
  const { status, timeline, error } = await engine.execute({
    heddle: 1,
    name: 'p',
    nodes: { a: { module: 'test.hand' }, b: node },
  });
  expect(status).toBe('FAILED');
  expect(JSON.stringify([timeline, error, lines])).not.toContain('session');
});
