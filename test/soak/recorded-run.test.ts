import { readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { simulatedTask } from '../../src/formats/wfformat-module.ts';
import { createEngine } from '../../src/index.ts';
import { expectRecordedRun } from '../formats/recorded-run.ts';
import { sampleFile, samples, samplesPresent } from '../formats/samples.ts';

describe.runIf(samplesPresent)('recorded workflows at 1:1000 on two workers', () => {
  for (const mode of ['sleep', 'burn'] as const)
    test.each(samples)(`$name: ${mode}`, async (sample) => {
      const engine = await createEngine({ modules: [simulatedTask], slots: 2 });
      await expectRecordedRun(engine, sample, readFileSync(sampleFile(sample.name), 'utf8'), { scale: 1e-3, mode });
      await engine.close();
    });
});
