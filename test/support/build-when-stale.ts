import type { TestProject } from 'vitest/node';
import { buildWhenStale } from '../../.scripts/build.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Why dist could not be built, or '' when it is up to date; test/build.test.ts fails on it. */
    readonly buildError: string;
  }
}

/** Tests of the command line and of the package read dist, so it is built first when any source is newer. */
export default async function setup(project: TestProject): Promise<void> {
  try {
    await buildWhenStale();
    project.provide('buildError', '');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`dist is stale: ${message}`);
    project.provide('buildError', message);
  }
}
