import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const { packages } = JSON.parse(read('../package-lock.json')) as { packages: Readonly<Record<string, LockedPackage>> };
const versionsOf = (name: string): readonly (string | undefined)[] =>
  Object.entries(packages).flatMap(([path, { version }]) => (path.endsWith(`node_modules/${name}`) ? [version] : []));

describe('package-lock.json', () => {
  test('names every platform package, or npm ci refuses it (node .scripts/complete-lock.mjs adds them)', () => {
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    expect(wanted.filter((name) => versionsOf(name).length === 0)).toEqual([]);
  });

  test('binds nobody to a registry', () => {
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  test.each(['wrangler', 'workerd', 'miniflare', 'vite', 'vitest', 'esbuild'])('holds one %s', (name) => {
    expect(versionsOf(name)).toHaveLength(1);
  });
});
