import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** It only computes, for longer than any other file: begun last, it would be alone at the end. */
const longest = '/test/sim/simulation.test.ts';

/** Vitest's own order, which goes by the size of files where it has no durations, but the longest file first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(longest);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}
