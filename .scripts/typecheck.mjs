/** Checks every tsconfig.json: each home has its own globals, and the pure layers have none. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const projects = [
  'src/tsconfig.pure.json',
  'tsconfig.json',
  'test/tsconfig.json',
  'workers/tsconfig.json',
  'web/tsconfig.json',
];

const failed = projects.filter((project) => {
  const { status } = spawnSync('tsc', ['-p', project, '--pretty', 'false'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
  });
  return status !== 0;
});
console.log(
  `typecheck: ${projects.length - failed.length} of ${projects.length} projects pass${failed.map((name) => `, ${name} fails`).join('')}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
