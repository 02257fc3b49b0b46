import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They only compute, for longer than any other file: begun last, they would be alone at the end. */
const longest = /\/test\/sim\/simulation-\d\.test\.ts$/;

/** Vitest's own order, which goes by the size of files where it has no durations, but the longest files first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification): boolean => longest.test(moduleId);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}
