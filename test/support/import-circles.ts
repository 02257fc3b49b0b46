import { posix } from 'node:path';
import type { SourceFile } from './architecture.ts';

/** Files that import one another, types included, each circle in the order of its imports; none in a house one can walk down. */
export function importCircles(
  files: readonly SourceFile[],
  importsOf: (file: SourceFile) => readonly string[],
): readonly (readonly string[])[] {
  const known = new Set(files.map(({ path }) => path));
  const imports = new Map(
    files.map((file) => [
      file.path,
      importsOf(file)
        .map((specifier) => posix.normalize(posix.join(posix.dirname(file.path), specifier)))
        .filter((path) => known.has(path)),
    ]),
  );
  const circles: string[][] = [];
  const done = new Set<string>();
  const way: string[] = [];
  /** Depth first: what is met again while it is still on the way closes a circle. */
  const visit = (path: string): void => {
    const at = way.indexOf(path);
    if (at >= 0) circles.push(way.slice(at));
    if (at >= 0 || done.has(path)) return;
    way.push(path);
    for (const next of imports.get(path) ?? []) visit(next);
    way.pop();
    done.add(path);
  };
  for (const { path } of files) visit(path);
  return circles;
}
