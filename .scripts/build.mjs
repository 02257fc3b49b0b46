/**
 * Builds dist: the kernel (asc), the library and the command line (esbuild, one set of chunks, so that classes are shared
 * between subpaths), the declarations (tsc) and the page (static files, no inline script). Parts whose source is not there
 * are skipped and named. `npm run build` does all of it; tests rebuild what is stale, without declarations.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as esbuild } from 'esbuild';
import { bundle, workerEntries } from './bundle.mjs';
import { at, filesOf, root, sizeOf } from './files.mjs';
import { lock } from './lock.mjs';

/** @typedef {import('./files.mjs').Size} Size */

const stamp = at('dist', '.built');

/** @param {{ declarations?: boolean }} [options] */
export async function build({ declarations = true } = {}) {
  const startedAt = new Date();
  mkdirSync(at('dist'), { recursive: true });
  /** @type {string[]} */
  const skipped = [];
  const parts = [
    buildKernel(skipped),
    buildLibrary(skipped),
    buildPage(skipped),
    declarations ? buildDeclarations() : [],
  ];
  // Every part is finished even when one fails: a kernel is of use to a library that does not compile yet.
  const outcomes = await Promise.allSettled(parts);
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [String(outcome.reason?.message ?? outcome.reason)] : [],
  );
  if (failures.length > 0) throw new Error(failures.join('\n'));
  const sizes = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
  if (existsSync(at('dist', 'kernel.wasm')) && existsSync(at('dist', 'page'))) {
    copyFileSync(at('dist', 'kernel.wasm'), at('dist', 'page', 'kernel.wasm'));
    await buildServiceWorker(at('dist', 'page'));
  }
  writeFileSync(stamp, '');
  // Dated by its start, so that a source saved while it ran is newer than the build.
  utimesSync(stamp, startedAt, startedAt);
  return { sizes, skipped, tookMs: Date.now() - startedAt.getTime() };
}

/** Builds when a source is newer than dist; of two processes that find it stale one builds and the other waits. */
export async function buildWhenStale() {
  if (!isStale()) return;
  mkdirSync(at('dist'), { recursive: true });
  const unlock = await lock(at('dist', '.lock'));
  try {
    if (isStale()) await build({ declarations: false });
  } finally {
    unlock();
  }
}

function isStale() {
  const builtAtMs = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  return changedAfter(builtAtMs, ['src', 'assembly', 'web', 'package.json', '.scripts']);
}

/** @param {number} timeMs @param {string[]} sources */
function changedAfter(timeMs, sources) {
  return sources.flatMap((source) => filesOf(at(source))).some((file) => statSync(file).mtimeMs > timeMs);
}

/** @param {string[]} skipped @returns {Promise<Size[]>} */
async function buildKernel(skipped) {
  if (!existsSync(at('assembly', 'asconfig.json'))) {
    skipped.push('kernel.wasm (assembly/asconfig.json)');
    return [];
  }
  const target = at('dist', 'kernel.wasm');
  const builtAtMs = existsSync(target) ? statSync(target).mtimeMs : 0;
  if (changedAfter(builtAtMs, ['assembly', 'package-lock.json'])) {
    const { entries } = JSON.parse(readFileSync(at('assembly', 'asconfig.json'), 'utf8'));
    const options = ['--config', 'assembly/asconfig.json', '--target', 'release', '--outFile', 'dist/kernel.wasm'];
    await run('asc', entries === undefined ? ['assembly/index.ts', ...options] : options);
  }
  return [sizeOf('kernel.wasm', [readFileSync(target)])];
}

/** @param {string[]} skipped @returns {Promise<Size[]>} */
async function buildLibrary(skipped) {
  /** @type {Record<string, string>} */
  const entries = {};
  for (const name of publicNames()) {
    const source = [`src/${name}.ts`, `src/${name}/index.ts`].find((path) => existsSync(at(path)));
    if (!source) skipped.push(`heddle${name === 'index' ? '' : `/${name}`} (src/${name}.ts)`);
    else {
      entries[name] = source;
      writeFileSync(at('dist', `${name}.d.ts`), `export * from './types/${source.replace(/\.ts$/, '.js')}';\n`);
    }
  }
  const cli = ['src/cli/main.ts', 'src/cli/index.ts', 'src/cli.ts'].find((path) => existsSync(at(path)));
  if (cli) entries.cli = cli;
  else skipped.push('heddle command (src/cli/main.ts)');
  if (Object.keys(entries).length === 0) return [];
  const workers = workerEntries(['src']);
  const sizes = await bundle({ entries: { ...entries, ...workers }, outdir: at('dist'), external: true });
  if (cli) linkCommand(at('dist', 'cli.js'));
  return sizes;
}

/** The subpaths of package.json that hold scripts: `NAME` is src/NAME.ts or src/NAME/index.ts. @returns {string[]} */
function publicNames() {
  const { exports } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string' ? [] : [path === '.' ? 'index' : path.slice(2)],
  );
}

/** npm links the commands of dependencies only; this makes `npx heddle` work inside the checkout too. @param {string} command */
function linkCommand(command) {
  const text = readFileSync(command, 'utf8');
  if (!text.startsWith('#!')) writeFileSync(command, `#!/usr/bin/env node\n${text}`);
  chmodSync(command, 0o755);
  const link = at('node_modules', '.bin', 'heddle');
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), command), link);
}

/** @param {string[]} skipped @returns {Promise<Size[]>} */
async function buildPage(skipped) {
  const main = ['main.ts', 'main.tsx'].find((name) => existsSync(at('web', name)));
  if (!main) {
    skipped.push('page (web/main.ts)');
    return [];
  }
  const outdir = at('dist', 'page');
  const sizes = await bundle({
    entries: { main: `web/${main}`, ...workerEntries(['web', 'src/adapters/browser']) },
    outdir,
    external: false,
  });
  for (const file of filesOf(at('web'))) {
    if (/\.tsx?$|tsconfig[^/]*\.json$/.test(file)) continue;
    const target = join(outdir, relative(at('web'), file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
    if (/\.(html|css)$/.test(file)) sizes.push(sizeOf(`page/${basename(file)}`, [readFileSync(file)]));
  }
  return sizes;
}

/** What keeps the page for when there is no network: it names every file, and is another one when any of them is. @param {string} outdir */
async function buildServiceWorker(outdir) {
  const source = at('web', 'service-worker.ts');
  if (!existsSync(source)) return;
  const target = join(outdir, 'service-worker.js');
  const files = filesOf(outdir).filter((file) => file !== target && !file.endsWith('.map'));
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(file));
  // Hosts answer for index.html under the name of its folder; some redirect from the other.
  const names = files.map((file) => relative(outdir, file).replace(/^index\.html$/, ''));
  const page = { version: hash.digest('hex').slice(0, 16), files: names };
  const { outputFiles } = await esbuild({
    entryPoints: [source],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2023',
    define: { PAGE: JSON.stringify(page) },
    write: false,
    logLevel: 'silent',
  });
  for (const { contents } of outputFiles) writeFileSync(target, contents);
}

/** @returns {Promise<Size[]>} */
async function buildDeclarations() {
  if (!existsSync(at('src', 'index.ts'))) return [];
  rmSync(at('dist', 'types'), { recursive: true, force: true });
  await run('tsc', ['-p', 'src/tsconfig.declarations.json']);
  return [];
}

/** @param {string} command @param {string[]} args @returns {Promise<void>} */
function run(command, args) {
  return new Promise((fulfil, reject) => {
    const child = spawn(at('node_modules', '.bin', command), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? fulfil() : reject(new Error(`${command} ended with ${code}:\n${output}`)),
    );
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { sizes, skipped, tookMs } = await build().catch((error) => {
    console.error(`the build failed: ${error.message}`);
    process.exit(1);
  });
  for (const { name, raw, gzip } of sizes) console.log(`${name.padEnd(36)}${kb(raw)} raw ${kb(gzip)} gzip`);
  if (skipped.length > 0) console.log(`not built, no source yet: ${skipped.join(', ')}`);
  console.log(`dist built in ${(tookMs / 1000).toFixed(1)} s`);
}

/** @param {number} bytes */
function kb(bytes) {
  return `${(bytes / 1024).toFixed(1)} KB`.padStart(10);
}
