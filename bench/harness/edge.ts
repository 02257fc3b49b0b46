import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';

/** A workerd of its own, with all contenders in one Worker; what it keeps is in the folder. */
export async function startEdge(folder: string): Promise<Miniflare> {
  const { outputFiles } = await build({
    entryPoints: ['bench/edge/worker.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:workers', './kernel.wasm'],
    loader: { '.txt': 'text', '.yaml': 'text' },
    plugins: [
      {
        name: 'kernel-as-module',
        setup: (bundle) =>
          bundle.onResolve({ filter: /kernel\.wasm$/ }, () => ({ path: './kernel.wasm', external: true })),
      },
    ],
  });
  const options = convertV4MiniflareOptions({
    host: '127.0.0.1',
    port: 0,
    cf: false,
    name: 'bench',
    compatibilityDate: '2026-11-01',
    modulesRoot: '/',
    modules: [
      { type: 'ESModule', path: '/worker.js', contents: outputFiles[0]?.text ?? '' },
      { type: 'CompiledWasm', path: '/kernel.wasm', contents: new Uint8Array(readFileSync('dist/kernel.wasm')) },
    ],
    durableObjects: {
      EXECUTIONS: { className: 'ExecutionObject', useSQLite: true },
      PROGRAMS: { className: 'ProgramObject', useSQLite: true },
      RUNNERS: { className: 'RunnerObject', useSQLite: true },
      CACHES: { className: 'CacheObject', useSQLite: true },
      CATALOGUES: { className: 'CatalogueObject', useSQLite: true },
      BARE: { className: 'BareObject', useSQLite: true },
      EMPTY: { className: 'EmptyRunner', useSQLite: true },
    },
    workflows: { DAG: { name: 'dag', className: 'DagWorkflow' } },
  });
  return new Miniflare({ ...options, resourcePersistencePath: folder });
}
