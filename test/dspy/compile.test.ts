import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  BootstrapFewShot,
  ChainOfThought,
  Evaluate,
  type Fields,
  LabeledFewShot,
  LM,
  loadState,
  Module,
  Predict,
  Program,
  Session,
  saveState,
} from '../../src/dspy.ts';
import { createEngine } from '../../src/index.ts';
import { ModelServer } from '../support/model-server.ts';
import { bootstrapOptions, examples, isRight, rag, unlucky } from './rag.ts';
import { askedAbout, ragAnswer } from './rag-answers.ts';

let server: ModelServer;
let lm: LM;
const secret = () => 'sk-test';
const folder = mkdtempSync(join(tmpdir(), 'heddle-dspy-'));
beforeAll(async () => {
  server = await new ModelServer(ragAnswer).start();
  lm = new LM('openai/m-1', { providers: server.providers });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  server.answering = ragAnswer;
  server.calls.length = 0;
  server.answered.length = 0;
});

const asked = (): readonly string[] => server.answered.map(askedAbout).sort();
const names = examples.map(({ fields }) => /Where was (\w+)/.exec(String(fields.question))?.[1] ?? '').sort();
const good = names.filter((name) => !unlucky.includes(name));

describe('BootstrapFewShot', () => {
  const engineOf = (optimizer: BootstrapFewShot, student: Module, directory?: string) =>
    createEngine({
      modules: optimizer.modules(student, { lm }),
      secrets: secret,
      ...(directory !== undefined && { directory }),
    });

  test('finds the demonstrations DSPy finds, in the order of the examples', async () => {
    const optimizer = new BootstrapFewShot(bootstrapOptions);
    const engine = await engineOf(optimizer, rag());
    const student = rag();
    const compiled = await optimizer.compile(student, { trainset: examples, engine, executionId: 'c' });
    expect(asked()).toEqual(names);
    const result = (await engine.getResult('c'))?.result;
    expect(result).toMatchObject({ tried: 20, bootstrapped: good.length, usage: { calls: 20 } });
    expect((result as { usage: { costUsd: number } }).usage.costUsd).toBeGreaterThan(0);
    const [[path, predictor]] = compiled.namedPredictors() as [readonly [string, Predict]];
    expect(path).toBe('generate.predict');
    const { demos } = predictor;
    expect(demos.length).toBe(18);
    const found = demos.slice(0, good.length);
    expect(found.map(({ question }) => question)).toEqual(good.map((name) => `Where was ${name} born?`));
    expect(found[0]).toEqual({
      augmented: true,
      context: expect.arrayContaining(['Ada was born in Aachen on a day in May.']),
      question: 'Where was Ada born?',
      reasoning: 'The passages say so of Ada.',
      answer: 'Aachen',
    });
    // The rest is labelled: examples that were not found, without what only a run gives.
    for (const demo of demos.slice(good.length)) {
      expect(Object.keys(demo)).toEqual(['question', 'answer']);
      expect(unlucky.some((name) => demo.question === `Where was ${name} born?`)).toBe(true);
    }
    expect([compiled.compiled, student.compiled, (student.predictors()[0] as Predict).demos]).toEqual([
      true,
      false,
      [],
    ]);
    await engine.close();
  });

  test('an example never sees its own answer', async () => {
    const optimizer = new BootstrapFewShot(bootstrapOptions);
    const engine = await engineOf(optimizer, rag());
    await optimizer.compile(rag(), { trainset: examples, engine });
    expect(server.calls.length).toBe(20);
    for (const call of server.calls) {
      const shown = call.body.messages
        .slice(1, -1)
        .map(({ content }: { content: string }) => content)
        .join('\n');
      expect(shown).not.toContain(`Where was ${askedAbout(call)} born?`);
      expect(shown).toContain('born?');
    }
    await engine.close();
  });

  test('stops when enough is found', async () => {
    const optimizer = new BootstrapFewShot({ metric: isRight, maxBootstrappedDemos: 2, maxLabeledDemos: 0 });
    const engine = await engineOf(optimizer, rag());
    const compiled = await optimizer.compile(rag(), { trainset: examples, engine });
    expect((compiled.predictors()[0] as Predict).demos.map(({ question }) => question)).toEqual([
      'Where was Ada born?',
      'Where was Bela born?',
    ]);
    expect(asked()).toEqual(['Ada', 'Bela']);
    await engine.close();
  });

  test('pays for nothing when it is compiled again, whatever the execution and the process', async () => {
    const optimizer = new BootstrapFewShot({ ...bootstrapOptions, cacheScope: lm.name });
    const directory = join(folder, 'again');
    const first = await engineOf(optimizer, rag(), directory);
    const one = await optimizer.compile(rag(), { trainset: examples, engine: first });
    await first.close();
    expect(server.answered.length).toBe(20);
    const second = await engineOf(optimizer, rag(), directory);
    const two = await optimizer.compile(rag(), { trainset: examples, engine: second });
    expect(saveState(two)).toEqual(saveState(one));
    expect(server.calls.length).toBe(20);
    await second.close();
  });

  test('a failing example is no demonstration, and too many of them end it', async () => {
    server.answering = (call) => (askedAbout(call) === 'Bela' ? { status: 400, message: 'no' } : ragAnswer(call));
    const optimizer = new BootstrapFewShot(bootstrapOptions);
    const engine = await engineOf(optimizer, rag());
    const compiled = await optimizer.compile(rag(), { trainset: examples, engine });
    expect((compiled.predictors()[0] as Predict).demos.filter((demo) => 'reasoning' in demo).length).toBe(
      good.length - 1,
    );
    await engine.close();

    server.answering = () => ({ status: 400, message: 'no' });
    server.calls.length = 0;
    const strict = new BootstrapFewShot({ ...bootstrapOptions, maxErrors: 6 });
    const other = await engineOf(strict, rag());
    await expect(strict.compile(rag(), { trainset: examples, engine: other })).rejects.toMatchObject({
      code: 'TOO_MANY_FAILURES',
    });
    expect(server.calls.length).toBe(8);
    await other.close();
  });

  test('a metric that throws is a failure like any other; a threshold makes numbers good', async () => {
    const score = (threshold: number, fails: string) => async () => {
      const metric = (example: { get(name: string): unknown }): number => {
        if (String(example.get('question')).includes(fails)) throw new Error('no idea');
        return 0.5;
      };
      const optimizer = new BootstrapFewShot({ metric, metricThreshold: threshold, maxLabeledDemos: 0, waveSize: 3 });
      const engine = await engineOf(optimizer, rag());
      const compiled = await optimizer.compile(rag(), { trainset: examples.slice(0, 3), engine });
      await engine.close();
      return (compiled.predictors()[0] as Predict).demos.length;
    };
    expect(await score(0.5, 'Ada')()).toBe(2);
    expect(await score(0.6, 'nobody')()).toBe(0);
  });

  test('a module written as code, with two predictors and one of them called twice', async () => {
    class Twice extends Module {
      first = new Predict('question -> answer');
      parts = { check: new Predict('question, guess -> answer') };
      async forward({ question = '' }: Fields, session: Session) {
        const { answer = '' } = (await this.first.call({ question }, session)).fields;
        await this.parts.check.call({ question, guess: 'a guess' }, session);
        return this.parts.check.call({ question, guess: answer }, session);
      }
    }
    server.answering = ({ prompt }) =>
      `[[ ## answer ## ]]\n${/Where was (\w+)/.exec(prompt)?.[1]}\n\n[[ ## completed ## ]]`;
    const optimizer = new BootstrapFewShot({ maxBootstrappedDemos: 3, maxLabeledDemos: 0 });
    const engine = await engineOf(optimizer, new Twice());
    const compiled = await optimizer.compile(new Twice(), { trainset: examples.slice(0, 5), engine });
    const demos = compiled.namedPredictors().map(([path, predictor]) => [path, (predictor as Predict).demos]);
    const found = ['Ada', 'Bela', 'Cora'].map((name) => ({
      augmented: true,
      question: `Where was ${name} born?`,
      answer: name,
    }));
    expect(demos).toEqual([
      ['first', found],
      ["parts['check']", found.map((demo) => ({ ...demo, guess: demo.answer }))],
    ]);
    const state = JSON.stringify(saveState(compiled));
    const again = new Twice();
    loadState(again, state);
    expect(saveState(again)).toEqual(JSON.parse(state));
    await engine.close();
  });

  test('without examples or without a wish for any, nothing is run', async () => {
    const optimizer = new BootstrapFewShot({ maxBootstrappedDemos: 0, maxLabeledDemos: 2 });
    const engine = await engineOf(optimizer, rag());
    const [none, labelled] = [
      await optimizer.compile(rag(), { trainset: [], engine }),
      await optimizer.compile(rag(), { trainset: examples, engine }),
    ];
    expect([none, labelled].map((each) => (each.predictors()[0] as Predict).demos.length)).toEqual([0, 2]);
    expect(server.calls.length).toBe(0);
    await engine.close();
  });

  test('a teacher of another structure is refused', async () => {
    const optimizer = new BootstrapFewShot();
    const engine = await engineOf(optimizer, rag());
    const teacher = new Program('rag').addModule('other', new ChainOfThought('question -> answer'));
    await expect(optimizer.compile(rag(), { trainset: examples, engine, teacher })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    await engine.close();
  });
});

describe('LabeledFewShot', () => {
  test('draws the same on an engine and without one', async () => {
    const optimizer = new LabeledFewShot({ k: 5, seed: 3 });
    const engine = await createEngine({ modules: optimizer.modules() });
    const [here, there] = await Promise.all([
      optimizer.compile(rag(), { trainset: examples }),
      optimizer.compile(rag(), { trainset: examples, engine }),
    ]);
    expect(saveState(there)).toEqual(saveState(here));
    const { demos } = here.predictors()[0] as Predict;
    expect(new Set(demos.map(({ question }) => question)).size).toBe(5);
    const first = await new LabeledFewShot({ k: 2, sample: false }).compile(rag(), { trainset: examples });
    expect((first.predictors()[0] as Predict).demos).toEqual(examples.slice(0, 2).map(({ fields }) => fields));
    await engine.close();
  });
});

describe('Evaluate', () => {
  test('a score, a row an example, and what it took', async () => {
    const session = new Session({ lm, secret });
    server.answering = (call) => (askedAbout(call) === 'Bela' ? { status: 400, message: 'no' } : ragAnswer(call));
    const evaluation = await new Evaluate({ devset: examples, metric: isRight, concurrency: 3 }).call(rag(), session);
    expect(evaluation.score).toBe(70);
    expect(evaluation.results.map(({ example }) => example)).toEqual(examples);
    expect(evaluation.results[1]).toEqual({ example: examples[1], prediction: null, score: 0 });
    expect([evaluation.usage.calls, session.usage.total.calls]).toEqual([19, 19]);
    expect(evaluation.usage.costUsd).toBeCloseTo(session.usage.total.costUsd ?? Number.NaN, 12);
    const lines = evaluation.table().split('\n');
    expect(lines[0]).toBe('| # | question | example answer | reasoning | predicted answer | score |');
    expect(lines[2]).toBe('| 1 | Where was Ada born? | Aachen | The passages say so of Ada. | Aachen | 1 |');
    expect(lines[3]).toBe('| 2 | Where was Bela born? | Halle |  |  | 0 |');
    expect(lines.at(-1)).toBe('score: 70');
  });

  test('too many failures end it', async () => {
    server.answering = () => ({ status: 400, message: 'no' });
    const call = new Evaluate({ devset: examples, metric: isRight, maxErrors: 4, concurrency: 2 }).call(
      rag(),
      new Session({ lm, secret }),
    );
    await expect(call).rejects.toMatchObject({ code: 'TOO_MANY_FAILURES' });
    expect(server.calls.length).toBeLessThanOrEqual(6);
  });
});
