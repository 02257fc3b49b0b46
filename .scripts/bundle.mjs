import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build as esbuild } from 'esbuild';
import { parse as parseYaml } from 'yaml';
import { at, filesOf, root, sizeOf } from './files.mjs';

/** @typedef {import('./files.mjs').Size} Size */

/** A worker script named by its source; it becomes an entry of its own, `<folder>-<file>.js`. */
const WORKER_URL = /new URL\(\s*'(\.{1,2}\/[^']+\.ts)',\s*import\.meta\.url,?\s*\)/g;

/**
 * Bundles entries into one folder with common chunks, and removes the scripts of earlier builds. `external` leaves packages to
 * the user's bundler (the library); without it all is one minified whole (the page).
 *
 * @param {{ entries: Record<string, string>, outdir: string, external: boolean }} what @returns {Promise<Size[]>}
 */
export async function bundle({ entries, outdir, external }) {
  const { outputFiles, metafile } = await esbuild({
    absWorkingDir: root,
    entryPoints: entries,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2023',
    platform: external ? 'neutral' : 'browser',
    ...(external
      ? { packages: /** @type {const} */ ('external'), external: ['#kernel.wasm', '#dist/kernel.wasm'] }
      : { minify: true }),
    chunkNames: 'chunk-[hash]',
    loader: { '.txt': 'text', '.yaml': 'text' },
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcemap: 'linked',
    metafile: true,
    write: false,
    logLevel: 'silent',
    plugins: [yamlData, describedModules, workerUrls],
  });
  mkdirSync(outdir, { recursive: true });
  const fresh = new Set(outputFiles.map((file) => file.path));
  for (const file of outputFiles) writeFileSync(file.path, file.contents);
  for (const name of readdirSync(outdir)) {
    if (/\.js(\.map)?$/.test(name) && !fresh.has(join(outdir, name))) rmSync(join(outdir, name));
  }
  const folder = relative(at('dist'), outdir);
  return Object.keys(entries).map((name) => {
    const files = staticClosure(metafile, relative(root, join(outdir, `${name}.js`)));
    return sizeOf(
      join(folder, `${name}.js`),
      files.map((file) => readFileSync(at(file))),
    );
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

/** The worker scripts that sources in these folders name. @param {string[]} folders @returns {Record<string, string>} */
export function workerEntries(folders) {
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

/** `import data from './file.yaml?data'` is what the file says. @type {import('esbuild').Plugin} */
const yamlData = {
  name: 'yaml-data',
  setup(context) {
    context.onResolve({ filter: /\.yaml\?data$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.replace(/\?data$/, '')),
      namespace: 'yaml-data',
    }));
    context.onLoad({ filter: /.*/, namespace: 'yaml-data' }, ({ path }) => ({
      contents: JSON.stringify(parseYaml(readFileSync(path, 'utf8'))),
      loader: 'json',
    }));
  },
};

/** `import modules from './file.ts?described'` is its `sampleModules` without their code. @type {import('esbuild').Plugin} */
const describedModules = {
  name: 'described-modules',
  setup(context) {
    context.onResolve({ filter: /\.ts\?described$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.replace(/\?described$/, '')),
      namespace: 'described',
    }));
    context.onLoad({ filter: /.*/, namespace: 'described' }, async ({ path }) => {
      const { outputFiles } = await esbuild({
        entryPoints: [path],
        bundle: true,
        format: 'esm',
        platform: 'node',
        // The texts are data of modules that run; nobody asks for them here.
        loader: { '.txt': 'empty', '.yaml': 'empty' },
        write: false,
        logLevel: 'silent',
      });
      const source = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
      const { sampleModules } = await import(`data:text/javascript;base64,${source}`);
      return { contents: JSON.stringify(sampleModules), loader: 'json' };
    });
  },
};

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
