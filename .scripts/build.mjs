/**
 * Builds dist: the kernel (asc), the library and the command line (esbuild, one set of chunks, so that classes are shared
 * between subpaths), the declarations (tsc) and the page (static files, no inline script). Parts whose source is not there
 * are skipped and named. `npm run build` does all of it; tests rebuild what is stale, without declarations.
 */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const at = (/** @type {string[]} */ ...parts) => join(root, ...parts);
const dist = at('dist');
const stamp = at('dist', '.built');

/** The public subpaths of package.json: `NAME` is src/NAME.ts or src/NAME/index.ts. */
const SUBPATHS = ['index', 'browser', 'edge', 'modules', 'dspy', 'formats', 'client', 'testing', 'kernel'];
/** A worker script named by its source; it becomes an entry of its own, `<folder>-<file>.js`. */
const WORKER_URL = /new URL\(\s*'(\.{1,2}\/[^']+\.ts)',\s*import\.meta\.url,?\s*\)/g;

/** @typedef {{ name: string, raw: number, gzip: number }} Size */

/** @param {{ declarations?: boolean }} [options] */
export async function build({ declarations = true } = {}) {
  const startedAt = new Date();
  mkdirSync(dist, { recursive: true });
  /** @type {string[]} */
  const skipped = [];
  const parts = [buildKernel(skipped), buildLibrary(skipped), buildPage(skipped), declarations ? buildDeclarations() : []];
  // Every part is finished even when one fails: a kernel is of use to a library that does not compile yet.
  const outcomes = await Promise.allSettled(parts);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason?.message ?? outcome.reason)] : []));
  if (failures.length > 0) throw new Error(failures.join('\n'));
  const sizes = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
  if (existsSync(at('dist', 'kernel.wasm')) && existsSync(at('dist', 'page'))) {
    copyFileSync(at('dist', 'kernel.wasm'), at('dist', 'page', 'kernel.wasm'));
  }
  writeFileSync(stamp, '');
  // Dated by its start, so that a source saved while it ran is newer than the build.
  utimesSync(stamp, startedAt, startedAt);
  return { sizes, skipped, tookMs: Date.now() - startedAt.getTime() };
}

/** Builds when a source is newer than dist; of two processes that find it stale one builds and the other waits. */
export async function buildWhenStale() {
  if (!isStale()) return;
  mkdirSync(dist, { recursive: true });
  const unlock = await lock(at('dist', '.lock'));
  try {
    if (isStale()) await build({ declarations: false });
  } finally {
    unlock();
  }
}

function isStale() {
  return changedAfter(existsSync(stamp) ? statSync(stamp).mtimeMs : 0, ['src', 'assembly', 'web', 'package.json', '.scripts/build.mjs']);
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
    const entry = entries === undefined ? ['assembly/index.ts'] : [];
    await run('asc', [...entry, '--config', 'assembly/asconfig.json', '--target', 'release', '--outFile', 'dist/kernel.wasm']);
  }
  return [sizeOf('kernel.wasm', [readFileSync(target)])];
}

/** @param {string[]} skipped @returns {Promise<Size[]>} */
async function buildLibrary(skipped) {
  /** @type {Record<string, string>} */
  const entries = {};
  for (const name of SUBPATHS) {
    const source = [`src/${name}.ts`, `src/${name}/index.ts`].find((path) => existsSync(at(path)));
    if (!source) skipped.push(`heddle${name === 'index' ? '' : `/${name}`} (src/${name}.ts)`);
    else {
      entries[name] = source;
      writeFileSync(at('dist', `${name}.d.ts`), `export * from './types/${source.slice('src/'.length).replace(/\.ts$/, '.d.ts')}';\n`);
    }
  }
  const cli = ['src/cli/main.ts', 'src/cli/index.ts', 'src/cli.ts'].find((path) => existsSync(at(path)));
  if (cli) entries.cli = cli;
  else skipped.push('heddle command (src/cli/main.ts)');
  if (Object.keys(entries).length === 0) return [];
  const workers = workerEntries(['src']);
  const sizes = await bundle({ entries: { ...entries, ...workers }, outdir: dist, external: true });
  if (cli) linkCommand(at('dist', 'cli.js'));
  return sizes;
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
  const sizes = await bundle({ entries: { main: `web/${main}`, ...workerEntries(['web', 'src/adapters/browser']) }, outdir, external: false });
  for (const file of filesOf(at('web'))) {
    if (/\.tsx?$|tsconfig[^/]*\.json$/.test(file)) continue;
    const target = join(outdir, relative(at('web'), file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
    if (/\.(html|css)$/.test(file)) sizes.push(sizeOf(`page/${basename(file)}`, [readFileSync(file)]));
  }
  return sizes;
}

/** @returns {Promise<Size[]>} */
async function buildDeclarations() {
  if (!existsSync(at('src', 'index.ts'))) return [];
  rmSync(at('dist', 'types'), { recursive: true, force: true });
  await run('tsc', ['-p', 'src/tsconfig.declarations.json']);
  return [];
}

/** @param {{ entries: Record<string, string>, outdir: string, external: boolean }} what @returns {Promise<Size[]>} */
async function bundle({ entries, outdir, external }) {
  const { outputFiles, metafile } = await esbuild({
    absWorkingDir: root,
    entryPoints: entries,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2023',
    platform: external ? 'neutral' : 'browser',
    ...(external ? { packages: /** @type {const} */ ('external'), external: ['#kernel.wasm', '#dist/kernel.wasm'] } : { minify: true }),
    chunkNames: 'chunk-[hash]',
    loader: { '.txt': 'text', '.yaml': 'text' },
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcemap: 'linked',
    metafile: true,
    write: false,
    logLevel: 'silent',
    plugins: [workerUrls],
  });
  mkdirSync(outdir, { recursive: true });
  const fresh = new Set(outputFiles.map((file) => file.path));
  for (const file of outputFiles) writeFileSync(file.path, file.contents);
  for (const name of readdirSync(outdir)) {
    if (/\.js(\.map)?$/.test(name) && !fresh.has(join(outdir, name))) rmSync(join(outdir, name));
  }
  const folder = relative(dist, outdir);
  return Object.keys(entries).map((name) => {
    const files = staticClosure(metafile, relative(root, join(outdir, `${name}.js`)));
    return sizeOf(join(folder, `${name}.js`), files.map((file) => readFileSync(at(file))));
  });
}

/** An output and all it imports at once: what a user of it loads. @param {import('esbuild').Metafile} metafile @param {string} first */
function staticClosure(metafile, first) {
  const reached = [first];
  for (const file of reached) {
    for (const { path, kind, external } of metafile.outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && !external && !reached.includes(path)) reached.push(path);
    }
  }
  return reached;
}

/** @param {string[]} folders @returns {Record<string, string>} */
function workerEntries(folders) {
  /** @type {Record<string, string>} */
  const entries = {};
  for (const file of folders.flatMap((folder) => filesOf(at(folder))).filter((name) => /\.tsx?$/.test(name))) {
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(WORKER_URL)) {
      const source = resolve(dirname(file), path);
      entries[workerName(source)] = relative(root, source);
    }
  }
  return entries;
}

/** @param {string} source */
const workerName = (source) => `${basename(dirname(source))}-${basename(source, '.ts')}`;

/** Sources name a worker by its source file; all outputs lie in one folder, so in dist it is always a neighbour. @type {import('esbuild').Plugin} */
const workerUrls = {
  name: 'worker-urls',
  setup(context) {
    context.onLoad({ filter: /\/(src|web)\/.*\.tsx?$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = text.replace(
        WORKER_URL,
        (_, target) => `new URL('./${workerName(resolve(dirname(path), target))}.js', import.meta.url)`,
      );
      return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' };
    });
  },
};

/** @param {string} name @param {Uint8Array[]} contents @returns {Size} */
function sizeOf(name, contents) {
  const raw = contents.reduce((sum, bytes) => sum + bytes.length, 0);
  return { name, raw, gzip: contents.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0) };
}

/** @param {string} path @returns {string[]} */
function filesOf(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** @param {string} command @param {string[]} args @returns {Promise<void>} */
function run(command, args) {
  return new Promise((fulfil, reject) => {
    const child = spawn(at('node_modules', '.bin', command), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? fulfil() : reject(new Error(`${command} ended with ${code}:\n${output}`))));
  });
}

/** @param {string} file */
async function lock(file) {
  for (const givesUpAtMs = Date.now() + 120_000; ; await sleep(100)) {
    try {
      const handle = openSync(file, 'wx');
      writeFileSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      if (!holderLives(file)) rmSync(file, { force: true });
      if (Date.now() > givesUpAtMs) throw new Error(`${file} is held by another build; delete it when none is running`);
    }
  }
}

/** @param {string} file */
function holderLives(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // Empty between its creation and the write of the id: alive.
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
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
