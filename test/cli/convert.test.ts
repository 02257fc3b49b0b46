import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problemsOfWfFormat } from '../formats/recorded-run.ts';
import { sampleFile, samplesPresent } from '../formats/samples.ts';
import { diamond, fileOf, folder, heddle } from './heddle.ts';

describe('convert', () => {
  test("writes Heddle's own, as JSON and YAML, which validate and run", () => {
    const file = fileOf({
      modules: [
        { name: 'a', module_id: 'barrier' },
        { name: 'b', module_id: 'wait' },
      ],
      error_handling: {},
    });
    for (const to of ['heddle', 'yaml']) {
      const { status, stdout, stderr } = heddle('convert', file, '--to', to);
      expect([status, stderr]).toEqual([0, '']);
      const converted = join(folder(), 'converted');
      writeFileSync(converted, stdout);
      const run = heddle('run', '--json', converted, '--inputs', '{"ms":1}');
      expect(JSON.parse(run.stdout)).toMatchObject({
        status: 'COMPLETED',
        result: { a: { ms: 1 }, b: { waitedMs: 1 } },
      });
    }
  });

  test('draws', () => {
    expect(heddle('convert', fileOf(diamond), '--to', 'mermaid').stdout).toMatch(/^flowchart TD\n {2}n0\[/);
    expect(heddle('convert', fileOf(diamond), '--to', 'dot').stdout).toMatch(/^digraph /);
    expect(JSON.parse(heddle('convert', fileOf(diamond), '--to', 'dot', '--json').stdout)).toMatch(/^digraph /);
  });

  test.runIf(samplesPresent)('writes what heddle run has recorded as WfFormat', () => {
    const file = sampleFile('blast-chameleon-small-001');
    const result = join(folder(), 'result.json');
    writeFileSync(result, heddle('run', '--json', '--workers', '2', '--inputs', '{"scale":0.0001}', file).stdout);
    const { status, stdout } = heddle('convert', file, '--to', 'wfformat', '--result', result);
    expect(status).toBe(0);
    const document = JSON.parse(stdout);
    expect(problemsOfWfFormat(document)).toEqual([]);
    expect(document.workflow.execution.tasks).toHaveLength(43);
  });

  test('refuses what is no result, and results for other formats', () => {
    const file = fileOf(diamond);
    expect(heddle('convert', file, '--to', 'wfformat', '--result', file)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no startedAt'),
    });
    expect(heddle('convert', file, '--to', 'dot', '--result', file).status).toBe(2);
    expect(heddle('convert', file, '--to', 'pdf').status).toBe(2);
  });
});
