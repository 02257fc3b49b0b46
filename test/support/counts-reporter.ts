import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase } from 'vitest/node';

/**
 * Writes what the closing line of `npm test` counts, tests passed and everything that failed over all projects, to the
 * file named by HEDDLE_COUNTS; without it nothing.
 */
export default class CountsReporter implements Reporter {
  #passed = 0;
  #failed = 0;

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result();
    if (state === 'passed') this.#passed += 1;
    if (state === 'failed') this.#failed += 1;
  }

  /** A file that cannot even be loaded and an error outside any test count as one failure each. */
  onTestRunEnd(...[modules, unhandled]: Parameters<NonNullable<Reporter['onTestRunEnd']>>): void {
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const counts = { passed: this.#passed, failed: this.#failed + broken + unhandled.length };
    const file = process.env.HEDDLE_COUNTS;
    if (file) writeFileSync(file, JSON.stringify(counts));
  }
}
