/**
 * `npm run bench [-- --quick] [name…]`: builds, installs the rivals when they are not there, and asks each question in a process of
 * its own. Tables go to the terminal, figures to bench/results, sizes and the date to bench/history.json.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../.scripts/build.mjs';
import { root } from '../.scripts/files.mjs';
import { writeTables } from './harness/docs.ts';
import { environment } from './harness/environment.ts';

const questions = [
  ...['kernel', 'ready-queue', 'cold', 'strings'],
  ...['engine', 'slots', 'durable', 'schedules', 'edge', 'page', 'utilisation', 'start-up'],
] as const;
const here = join(root, 'bench');

const quick = process.argv.includes('--quick');
const asked = process.argv.slice(2).filter((name) => name !== '--quick');
const unknown = asked.filter((name) => !(questions as readonly string[]).includes(name));
if (unknown.length > 0) {
  console.error(`no question ${unknown.join(', ')}: there are ${questions.join(', ')}`);
  process.exit(2);
}
installRivals();
const { sizes } = await build({ declarations: false });
const where = environment();
console.log(
  `${where.cpu}, ${where.cores} cores, node ${where.node}, ${where.date}, ${where.commit}, load ${where.load}\n`,
);
mkdirSync(join(here, 'results'), { recursive: true });
mkdirSync(join(here, 'build'), { recursive: true });
copyFileSync(join(root, 'dist', 'kernel.wasm'), join(here, 'build', 'kernel.wasm'));
const failed: string[] = [];
for (const name of questions) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  if (!(await ask(name))) failed.push(name);
}
remember();
writeTables();
process.exitCode = failed.length > 0 ? 1 : 0;

/** Without the network the libraries are missing and their rows too; everything else still runs. */
function installRivals(): void {
  if (existsSync(join(here, 'node_modules'))) return;
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: 'inherit',
  });
  if (status !== 0) console.error('the rivals could not be installed: their rows are left out');
}

/** @returns whether it was answered */
async function ask(name: string): Promise<boolean> {
  const bundle = join(here, 'build', `${name}.mjs`);
  await bundleQuestion(name, bundle);
  const json = join(here, 'build', `${name}.json`);
  const { status } = spawnSync(process.execPath, ['--expose-gc', '--disable-warning=ExperimentalWarning', bundle], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, BENCH_JSON: json, ...(quick && { BENCH_QUICK: '1' }) },
  });
  if (status !== 0) {
    console.error(`${name} ended with ${status}`);
    return false;
  }
  const sections = JSON.parse(readFileSync(json, 'utf8'));
  writeFileSync(
    join(here, 'results', `${name}.json`),
    `${JSON.stringify({ environment: where, quick, sections }, null, 1)}\n`,
  );
  return true;
}

/** Bundled, because the sources use what node's own type stripping refuses. */
async function bundleQuestion(name: string, outfile: string): Promise<void> {
  const { build: esbuild } = await import('esbuild');
  await esbuild({
    stdin: {
      contents: `import question from './${name}.ts'; import { answer } from './harness/report.ts'; await answer(question);`,
      resolveDir: here,
    },
    absWorkingDir: root,
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    external: ['#kernel.wasm'],
    loader: { '.txt': 'text', '.yaml': 'text' },
  });
}

interface KeptRow {
  readonly what: string;
  readonly [contender: string]: string | { readonly median: number };
}

/** Medians of this very run, where it was asked. */
function startUp() {
  if (failed.includes('start-up') || (asked.length > 0 && !asked.includes('start-up'))) return {};
  const [section] = JSON.parse(readFileSync(join(here, 'results', 'start-up.json'), 'utf8')).sections;
  const mediansOf = (row: KeptRow) =>
    Object.entries(row).flatMap(([name, figure]) => (typeof figure === 'string' ? [] : [[name, figure.median]]));
  return {
    startUpMs: Object.fromEntries(section.rows.map((row: KeptRow) => [row.what, Object.fromEntries(mediansOf(row))])),
  };
}

function remember(): void {
  const file = join(here, 'history.json');
  const history = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const kept = Object.fromEntries(sizes.map(({ name, raw, gzip }) => [name, { raw, gzip }]));
  history.push({ ...where, sizes: kept, ...startUp() });
  writeFileSync(file, `${JSON.stringify(history, null, 1)}\n`);
  for (const { name, raw, gzip } of sizes) console.log(`${name.padEnd(36)} ${raw} bytes, ${gzip} gzip`);
}
