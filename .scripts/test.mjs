/**
 * Everything there is to check, in one run: types in every home, format and lint, then the tests in Node, workerd and
 * Chromium. The last line counts the tests; each other check that fails counts as one failure. The same line is left in
 * node_modules/.cache/heddle/summary for .ci/run.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const folder = `${cwd}node_modules/.cache/heddle`;
const counts = `${folder}/vitest-counts.json`;
mkdirSync(folder, { recursive: true });
rmSync(counts, { force: true });
rmSync(`${folder}/summary`, { force: true });

/** @param {string} command @param {string[]} args */
function passes(command, args) {
  console.log(`\n> ${[command, ...args].join(' ')}`);
  const env = { ...process.env, HEDDLE_COUNTS: counts };
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) console.error(error.message);
  return status === 0;
}

const broken = [
  passes(process.execPath, ['.scripts/typecheck.mjs']),
  passes('biome', ['check', '--config-path=.biome.json']),
].filter((passed) => !passed).length;
const tested = passes('vitest', ['run', '--config', 'test/vitest.config.ts', ...process.argv.slice(2)]);
const { passed, failed } = existsSync(counts) ? JSON.parse(readFileSync(counts, 'utf8')) : { passed: 0, failed: 0 };
// Vitest may fail without a failed test: no test found, a broken setup, a crash before the end.
const failures = failed + broken + (tested || failed > 0 ? 0 : 1);
const summary = `${passed} passed, ${failures} failed`;
writeFileSync(`${folder}/summary`, `${summary}\n`);
console.log(`\n${summary}`);
process.exitCode = failures > 0 ? 1 : 0;
