import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const dist = new URL('../../dist/', import.meta.url);

/** Everything a script of dist imports at module scope, and what those import. */
function imported(file: string, seen = new Set<string>()): ReadonlySet<string> {
  const text = readFileSync(new URL(file, dist), 'utf8');
  for (const [, specifier = ''] of text.matchAll(/^(?:import|export)\b[^;]*?from\s*"([^"]+)"|^import\s*"([^"]+)"/gm)) {
    if (seen.has(specifier)) continue;
    seen.add(specifier);
    if (specifier.startsWith('./')) imported(specifier, seen);
  }
  return seen;
}

test('heddle/testing imports neither a test runner nor anything of Node', () => {
  const found = [...imported('testing.js')];
  expect(found.some((specifier) => specifier.startsWith('./chunk-'))).toBe(true);
  expect(found.filter((specifier) => /^(node:|vitest|cloudflare:|#)/.test(specifier))).toEqual([]);
  // The check can see one: the in-process engine does need Node.
  expect([...imported('index.js')].some((specifier) => specifier.startsWith('node:'))).toBe(true);
});

test('the example of docs/testing.md runs as it stands', { timeout: 30_000 }, () => {
  const page = readFileSync(new URL('../../docs/testing.md', import.meta.url), 'utf8');
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  // Within the package, so that it can import it by its name.
  const file = fileURLToPath(new URL(`.example-${process.pid}.ts`, dist));
  writeFileSync(file, code);
  try {
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    expect(stdout, stderr).toBe('all is well\n');
  } finally {
    rmSync(file);
  }
});
