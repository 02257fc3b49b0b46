import { spawn } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseDocument } from '../src/program/parse.ts';
import { validateProgram } from '../src/program/validate.ts';

const root = new URL('..', import.meta.url).pathname;
/** A folder inside the repository, where the examples find the packages it has. */
const cache = `${root}node_modules/.cache/heddle-docs/`;

interface Block {
  readonly language: string;
  readonly text: string;
}

interface Example {
  readonly title: string;
  readonly source: string;
  /** What the text block after it shows; undefined when there is none. */
  readonly output: string | undefined;
}

function blocksOf(page: string): readonly Block[] {
  const fences = readFileSync(root + page, 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...fences].map(([, language = '', text = '']) => ({ language, text }));
}

const pages = globSync('docs/*.md', { cwd: root }).sort();
const examples: readonly Example[] = pages.flatMap((page) => {
  const blocks = blocksOf(page);
  return blocks.flatMap(({ language, text }, index) => {
    const name = /^\/\/ example: (.+)\n/.exec(text)?.[1];
    if (language !== 'ts' || name === undefined) return [];
    const next = blocks[index + 1];
    return [{ title: `${page}: ${name}`, source: text, output: next?.language === 'text' ? next.text : undefined }];
  });
});
const programs = pages.flatMap((page) =>
  blocksOf(page)
    .filter(({ language }) => language === 'yaml')
    .map(({ text }, index) => [`${page}, program ${index + 1}`, text] as const),
);

const fileOf = (index: number): string => `example-${index}`;

/** Everything a process printed. */
function run(file: string): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], { cwd: cache });
    const printed = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      printed.out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      printed.err += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...printed }));
  });
}

describe('examples of the documents run and print what they say', () => {
  beforeAll(async () => {
    mkdirSync(cache, { recursive: true });
    copyFileSync(`${root}dist/kernel.wasm`, `${cache}kernel.wasm`);
    writeFileSync(
      `${cache}package.json`,
      JSON.stringify({ type: 'module', imports: { '#kernel.wasm': './kernel.wasm' } }),
    );
    for (const [index, { source }] of examples.entries()) writeFileSync(`${cache}${fileOf(index)}.ts`, source);
    await build({
      entryPoints: examples.map((_, index) => `${cache}${fileOf(index)}.ts`),
      outdir: `${cache}out`,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'es2024',
      packages: 'external',
      alias: {
        heddle: `${root}src/index.ts`,
        'heddle/dspy': `${root}src/dspy.ts`,
        'heddle/client': `${root}src/client.ts`,
        'heddle/kernel': `${root}src/kernel/index.ts`,
        'heddle/modules': `${root}src/modules/index.ts`,
        'heddle/formats': `${root}src/formats/index.ts`,
      },
      logLevel: 'error',
    });
  }, 60_000);

  test.each(examples.map((example, index) => [example.title, example, index] as const))(
    '%s',
    { timeout: 30_000 },
    async (_, { output }, index) => {
      expect(output, 'a text block has to show what it prints').toBeDefined();
      const { code, out, err } = await run(`${cache}out/${fileOf(index)}.js`);
      expect(err).toBe('');
      expect(out.trimEnd()).toBe(output?.trimEnd());
      expect(code).toBe(0);
    },
  );
});

describe('programs of the documents are good ones', () => {
  test.each(programs)('%s', (_, text) => {
    const validation = validateProgram(parseDocument(text));
    expect(validation.ok ? [] : validation.errors).toEqual([]);
  });
});

test('each page has examples, and each example a title of its own', () => {
  expect(examples.length).toBeGreaterThan(20);
  const titles = examples.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});
