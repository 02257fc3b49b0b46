import { existsSync, readFileSync } from 'node:fs';

/** DSPy's own files, read in place; where they come from stands in their ATTRIBUTION.md. */
const folder = new URL('../../../shared/data/dspy/', import.meta.url).pathname;

export const samplesMissing = existsSync(folder) ? undefined : `the DSPy states are not at ${folder}`;

export function sample(name: string): string {
  return readFileSync(folder + name, 'utf8');
}
