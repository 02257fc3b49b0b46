import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';

const root = new URL('../..', import.meta.url).pathname;

/** A Worker bundled once and started as often as a test likes, each time in a workerd of its own. */
export interface BundledWorker {
  readonly code: string;
  readonly kernel: Uint8Array<ArrayBuffer>;
}

export async function bundleWorker(entry: string): Promise<BundledWorker> {
  const { outputFiles } = await build({
    entryPoints: [`${root}${entry}`],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:workers', './kernel.wasm'],
    loader: { '.txt': 'text', '.yaml': 'text' },
    logLevel: 'error',
    plugins: [
      {
        name: 'kernel-as-module',
        setup: (bundle) =>
          bundle.onResolve({ filter: /kernel\.wasm$/ }, () => ({ path: './kernel.wasm', external: true })),
      },
    ],
  });
  return { code: outputFiles[0]?.text ?? '', kernel: new Uint8Array(readFileSync(`${root}dist/kernel.wasm`)) };
}

/** The bindings of an EdgeEnv. */
const objectClasses = {
  EXECUTIONS: 'ExecutionObject',
  PROGRAMS: 'ProgramObject',
  RUNNERS: 'RunnerObject',
  CACHES: 'CacheObject',
  CATALOGUES: 'CatalogueObject',
} as const;

export interface WorkerdOptions {
  readonly bindings?: Record<string, string>;
  readonly r2Buckets?: Record<string, string>;
  readonly queueProducers?: Record<string, { readonly queueName: string }>;
  /** Hears every line that is logged, at once. */
  readonly logged?: (line: string) => void;
  readonly queueConsumers?: Record<string, { readonly maxBatchTimeout?: number; readonly maxBatchSize?: number }>;
}

/** A workerd process with our Worker in it, on 127.0.0.1 and a free port, keeping its objects in a folder. */
export class Workerd {
  readonly #miniflare: Miniflare;
  readonly url: string;
  readonly #pid: number;
  #ownFolder: string | undefined;

  private constructor(miniflare: Miniflare, url: string, pid: number) {
    this.#miniflare = miniflare;
    this.url = url;
    this.#pid = pid;
  }

  /** In a folder of its own, which is gone when it is stopped. */
  static async temporary(worker: BundledWorker, options?: WorkerdOptions): Promise<Workerd> {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-edge-'));
    const workerd = await Workerd.start(worker, folder, options);
    workerd.#ownFolder = folder;
    return workerd;
  }

  static async start(
    worker: BundledWorker,
    folder: string,
    { bindings = {}, logged, ...more }: WorkerdOptions = {},
  ): Promise<Workerd> {
    const before = new Set(workerdPids());
    const options = convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      name: 'heddle',
      compatibilityDate: '2026-11-01',
      modulesRoot: '/',
      modules: [
        { type: 'ESModule', path: '/worker.js', contents: worker.code },
        { type: 'CompiledWasm', path: '/kernel.wasm', contents: worker.kernel },
      ],
      bindings,
      durableObjects: Object.fromEntries(
        Object.entries(objectClasses).map(([binding, className]) => [binding, { className, useSQLite: true }]),
      ),
      ...more,
    });
    const miniflare = new Miniflare({
      ...options,
      resourcePersistencePath: folder,
      ...(logged !== undefined && { handleStructuredLogs: ({ message }) => logged(message) }),
    });
    const url = (await miniflare.ready).href.replace(/\/$/, '');
    const pid = workerdPids().find((each) => !before.has(each));
    if (pid === undefined) throw new Error('workerd has started, but its process was not found');
    return new Workerd(miniflare, url, pid);
  }

  /** SIGKILL: no goodbye, no flush. */
  async kill(): Promise<void> {
    process.kill(this.#pid, 'SIGKILL');
    await this.#miniflare.dispose();
  }

  async stop(): Promise<void> {
    await this.#miniflare.dispose();
    if (this.#ownFolder !== undefined) rmSync(this.#ownFolder, { recursive: true });
  }

  bucket(binding: string) {
    return this.#miniflare.getR2Bucket(binding);
  }

  async json(path: string, init?: RequestInit): Promise<{ readonly status: number; readonly body: never }> {
    const response = await fetch(`${this.url}${path}`, init);
    return { status: response.status, body: (await response.json()) as never };
  }

  post(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ readonly status: number; readonly body: never }> {
    return this.json(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  }
}

/** The workerd processes that this process has started. */
function workerdPids(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0)
    .filter((pid) => {
      try {
        const [, command = '', rest = ''] =
          /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        return command.startsWith('workerd') && Number(rest.split(' ')[1]) === process.pid;
      } catch {
        return false;
      }
    });
}
