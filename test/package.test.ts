import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleWorker, Workerd } from './edge/workerd.ts';
import { launchPersistent } from './support/chromium.ts';

const root = new URL('..', import.meta.url).pathname;
/** Inside the repository, where the package finds the packages it depends on. */
const home = `${root}node_modules/.cache/heddle-package/`;

const program = { heddle: 1, name: 'greeting', nodes: { greet: { module: 'greet', with: { name: '${input.name}' } } } };
const inputs = { name: 'Ada' };
const greet = `{ name: 'greet', version: '1', run: ({ name }) => ({ text: 'Hello ' + name }) }`;
const result = { greet: { text: 'Hello Ada' } };

const tenLineWorker = `
import { createWorker, defineModule } from 'heddle/edge';
import kernel from 'heddle/kernel.wasm';

const greet = defineModule(${greet});
const worker = createWorker({ modules: [greet], kernel });

export const { ExecutionObject, ProgramObject, RunnerObject, CacheObject, CatalogueObject } = worker;
export default worker.handler;
`;

beforeAll(() => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(`${home}node_modules/heddle`, { recursive: true });
  const npm = ['pack', '--ignore-scripts', '--json', '--pack-destination', home];
  const [{ filename }] = JSON.parse(execFileSync('npm', npm, { cwd: root, encoding: 'utf8' }));
  execFileSync('tar', ['xzf', join(home, filename), '--strip-components=1', '-C', `${home}node_modules/heddle`]);
  writeFileSync(`${home}package.json`, '{ "type": "module" }');
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('a Worker of ten lines runs a module of its own', { timeout: 60_000 }, async () => {
  expect(tenLineWorker.trim().split('\n').length).toBeLessThanOrEqual(10);
  writeFileSync(`${home}worker.js`, tenLineWorker);
  const workerd = await Workerd.start(
    await bundleWorker('node_modules/.cache/heddle-package/worker.js'),
    `${home}state`,
  );
  try {
    const answer = await workerd.post('/v1/executions', { program, inputs }, { prefer: 'wait=20' });
    expect(answer).toMatchObject({ status: 200, body: { status: 'COMPLETED', result } });
  } finally {
    await workerd.stop();
  }
});

test('so does a script in Node', { timeout: 60_000 }, () => {
  writeFileSync(
    `${home}script.js`,
    `import { createEngine, defineModule } from 'heddle';
const engine = await createEngine({ modules: [defineModule(${greet})] });
const { status, result } = await engine.execute(${JSON.stringify(program)}, ${JSON.stringify(inputs)});
console.log(JSON.stringify({ status, result }));
await engine.close();
`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'script.js'], {
    cwd: home,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ status: 'COMPLETED', result });
});

test('and a page', { timeout: 90_000 }, async () => {
  const modules = `export const modules = [${greet}];\n`;
  writeFileSync(`${home}modules.js`, modules);
  writeFileSync(
    `${home}thread.js`,
    `import { exposeModules } from 'heddle/browser';\nimport { modules } from './modules.js';\nexposeModules(modules);\n`,
  );
  writeFileSync(
    `${home}page.js`,
    `import { createEngine } from 'heddle/browser';
import { modules } from './modules.js';
const createWorker = () => new Worker('/thread.js', { type: 'module' });
const { engine } = await createEngine({ modules, createWorker, workers: 1, kernelUrl: '/kernel.wasm' });
const { status, result } = await engine.execute(${JSON.stringify(program)}, ${JSON.stringify(inputs)});
document.body.textContent = JSON.stringify({ status, result });
`,
  );
  await build({
    entryPoints: [`${home}page.js`, `${home}thread.js`],
    outdir: `${home}site`,
    bundle: true,
    format: 'esm',
    logLevel: 'error',
  });
  copyFileSync(`${home}node_modules/heddle/dist/kernel.wasm`, `${home}site/kernel.wasm`);
  writeFileSync(`${home}site/index.html`, '<!doctype html><body></body><script type="module" src="/page.js"></script>');
  const types: Record<string, string> = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm' };
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '');
    const type = types[path.split('.').at(-1) ?? ''];
    if (type === undefined || !/^\/[\w-]+\.\w+$/.test(path)) return void response.writeHead(404).end();
    response.setHeader('content-type', type);
    response.end(readFileSync(`${home}site${path}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { context } = await launchPersistent(`${home}profile`);
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => document.body.textContent !== '');
    expect(JSON.parse((await page.textContent('body')) ?? '')).toEqual({ status: 'COMPLETED', result });
  } finally {
    await context.close();
    server.close();
  }
});

test('the Worker we ship is at most 1 MB gzip, as wrangler would upload it', { timeout: 120_000 }, () => {
  const out = `${home}dry-run`;
  const told = execFileSync(
    process.execPath,
    [`${root}node_modules/wrangler/bin/wrangler.js`, 'deploy', '--dry-run', '--outdir', out],
    { cwd: root, encoding: 'utf8', env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' } },
  );
  const [, amount, unit] = /gzip: ([\d.]+) (\w+)/.exec(told) ?? [];
  expect(unit).toBe('KiB');
  expect(Number(amount)).toBeLessThanOrEqual(1000);
  expect(gzipSync(readFileSync(`${out}/index.js`)).length).toBeLessThan(Number(amount) * 1024);
});
