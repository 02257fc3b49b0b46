import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { buildCompileProcess, compile } from '../dspy/compiling.ts';
import { bootstrapOptions } from '../dspy/rag.ts';
import { askedAbout, ragAnswer } from '../dspy/rag-answers.ts';
import { ModelServer } from '../support/model-server.ts';

const seed = 20261121;
const compilations = Number(process.env.HEDDLE_COMPILATIONS ?? 40);

test(`${compilations} compilations, each killed at random moments until it ends: a call is repeated only if it was under way`, async () => {
  await buildCompileProcess();
  const random = new SeededRandom(seed);
  const server = await new ModelServer(ragAnswer).start();
  const folder = mkdtempSync(join(tmpdir(), 'heddle-compile-'));
  const startedMs = Date.now();
  const undisturbed = await compile(server.url, join(folder, 'undisturbed')).end;
  const runMs = Date.now() - startedMs;
  let killed = 0;
  for (let index = 0; index < compilations; index++) {
    server.answered.length = 0;
    let [state, kills]: [unknown, number] = [undefined, 0];
    while (state === undefined) {
      const { child, end } = compile(server.url, join(folder, String(index)));
      // Later and later, so that each has an end.
      const timer = setTimeout(() => child.kill('SIGKILL'), runMs * (0.3 + random.next() * 0.7 + kills * 0.1));
      state = await end;
      clearTimeout(timer);
      if (state === undefined) kills++;
    }
    killed += kills;
    expect(state).toEqual(undisturbed);
    const asked = server.answered.map(askedAbout);
    expect(new Set(asked).size).toBe(20);
    expect(asked.length).toBeLessThanOrEqual(20 + bootstrapOptions.waveSize * kills);
  }
  console.log(`compilations: ${compilations}, kills: ${killed}`);
  expect(killed).toBeGreaterThan(compilations / 2);
  await server.close();
  rmSync(folder, { recursive: true });
});
