/**
 * `npm start`: builds, serves the page and the API on 127.0.0.1 by workerd, runs the sample once through the API, prints
 * its answer and timeline, and keeps serving until it is interrupted.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { buildWhenStale } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const port = Number(process.env.PORT ?? 8787);
const url = `http://127.0.0.1:${port}`;
const question = "What was Queequeg's coffin used for?";

if (!(await isFree(port))) {
  console.error(`Port ${port} is taken. Set PORT to another one, or stop what is using it.`);
  process.exit(1);
}
await buildWhenStale();

const server = spawn(
  'wrangler',
  [
    'dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--persist-to',
    '.heddle',
    '--show-interactive-dev-session=false',
    '--log-level=error',
  ],
  // Request.cf is fetched from outside by default; there may be no outside.
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: 'false' } },
);
server.on('exit', (code) => process.exit(code ?? 0));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => server.kill('SIGTERM'));

await untilHealthy();
printResult(await runSample());
console.log(`\nThe page is at ${url}/ and the API at ${url}/v1. Press Ctrl-C to stop.`);

async function untilHealthy() {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  console.error(`The server did not answer at ${url}/healthz within 30 s.`);
  server.kill('SIGTERM');
  process.exit(1);
}

async function runSample() {
  const answer = await fetch(`${url}/v1/programs/question-answering/executions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify({ inputs: { question } }),
  });
  const body = await answer.json();
  if (!answer.ok || body.status !== 'COMPLETED')
    throw new Error(`the sample did not complete: ${JSON.stringify(body).slice(0, 500)}`);
  return body;
}

/** @param {{ result: Record<string, string>, timeline: { type: string, taskId?: string, timestamp: string }[], metrics: Record<string, number> }} execution */
function printResult({ result, timeline, metrics }) {
  console.log(`\n${question}\n\n  ${result.answer}\n\n  "${result.quotation}"\n  Moby-Dick, ${result.chapter}\n`);
  console.log(`${metrics.tasksExecuted} tasks in ${metrics.totalDuration} ms, through ${url}/v1\n`);
  const startMs = Date.parse(timeline[0]?.timestamp ?? '');
  const endMs = Date.parse(timeline.at(-1)?.timestamp ?? '');
  const columns = 60;
  const column = (/** @type {number} */ ms) =>
    Math.min(columns - 1, Math.floor(((ms - startMs) / Math.max(1, endMs - startMs)) * columns));
  for (const [node, { fromMs, untilMs, tasks }] of spansOf(timeline)) {
    const [from, until] = [column(fromMs), column(untilMs)];
    const bar = `${' '.repeat(from)}${'█'.repeat(until - from + 1)}`.padEnd(columns);
    console.log(
      `  ${node.padEnd(10)} ${bar} ${String(untilMs - fromMs).padStart(5)} ms${tasks > 1 ? `, ${tasks} tasks` : ''}`,
    );
  }
}

/** From the first start to the last end of each node's tasks. @param {{ type: string, taskId?: string, timestamp: string }[]} timeline */
function spansOf(timeline) {
  /** @type {Map<string, { fromMs: number, untilMs: number, tasks: number }>} */
  const spans = new Map();
  for (const { type, taskId, timestamp } of timeline) {
    if (taskId === undefined || (type !== 'TASK_STARTED' && type !== 'TASK_COMPLETED')) continue;
    const node = taskId.replace(/\[\d+\]$/, '');
    const atMs = Date.parse(timestamp);
    const { fromMs, untilMs, tasks } = spans.get(node) ?? { fromMs: atMs, untilMs: atMs, tasks: 0 };
    const ended = type === 'TASK_COMPLETED' && taskId !== node ? 1 : 0;
    spans.set(node, { fromMs: Math.min(fromMs, atMs), untilMs: Math.max(untilMs, atMs), tasks: tasks + ended });
  }
  return spans;
}

/** @param {number} wanted */
function isFree(wanted) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
