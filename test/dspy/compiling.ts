import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const root = new URL('../..', import.meta.url).pathname;
/** Inside the repository, where the script finds its packages. */
const scripts = `${root}node_modules/.cache/heddle-compile/`;

/** Bundles compile-process.ts. */
export async function buildCompileProcess(): Promise<void> {
  mkdirSync(scripts, { recursive: true });
  copyFileSync(`${root}dist/kernel.wasm`, `${scripts}kernel.wasm`);
  writeFileSync(
    `${scripts}package.json`,
    JSON.stringify({ type: 'module', imports: { '#kernel.wasm': './kernel.wasm' } }),
  );
  await build({
    entryPoints: [`${root}test/dspy/compile-process.ts`],
    outdir: scripts,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2024',
    packages: 'external',
    logLevel: 'error',
  });
}

export interface Compiling {
  readonly child: ChildProcess;
  /** The state it printed, undefined when it was killed. */
  readonly end: Promise<unknown>;
}

/** Starts a process that compiles into that directory, or goes on with what is there. */
export function compile(url: string, directory: string): Compiling {
  const script = `${scripts}compile-process.js`;
  const child = spawn(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    script,
    url,
    directory,
    'compilation',
  ]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (part) => {
    out += part;
  });
  child.stderr.on('data', (part) => {
    err += part;
  });
  const end = new Promise<unknown>((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(undefined);
      else if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`it ended with ${code}: ${err}`));
    });
  });
  return { child, end };
}
