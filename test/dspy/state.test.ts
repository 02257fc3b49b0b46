import { describe, expect, test } from 'vitest';
import { ChainOfThought, loadState, type Module, Predict, saveState } from '../../src/dspy.ts';
import { BasicMultiHop, Gsm8k, InvoiceTotal, Scone, wikipediaReAct } from './programs.ts';
import { sample, samplesMissing } from './samples.ts';

describe.skipIf(samplesMissing)('DSPy’s own states', () => {
  test.each<[string, () => Module]>([
    ['saved_program.json', wikipediaReAct],
    ['invoice_flex.json', () => new InvoiceTotal()],
  ])('%s survives load and save', (name, make) => {
    const program = make();
    const loaded = loadState(program, sample(name));
    expect(saveState(program, loaded)).toEqual(JSON.parse(sample(name)));
    const again = make();
    expect(saveState(again, loadState(again, JSON.stringify(saveState(program, loaded))))).toEqual(
      JSON.parse(sample(name)),
    );
  });

  const older: [string, () => Module, number, readonly string[]][] = [
    ['basicmh_3_3_6.json', () => new BasicMultiHop(), 48, ['retrieve']],
    ['scone-cot_fewshot-turbo-gpt4-demos.json', () => new Scone(), 8, []],
    ['turbo_8_8_10_gsm8k_200_300.json', () => new Gsm8k(), 8, []],
  ];

  test.each(older)('%s is refused by the missing key', (name, make) => {
    const program = make();
    const before = JSON.stringify(saveState(program));
    const [path] = program.namedPredictors()[0] as readonly [string, unknown];
    expect(() => loadState(program, sample(name))).toThrow(
      expect.objectContaining({
        code: 'BAD_SCHEMA',
        details: { missing: path },
        hint: expect.stringContaining('migrate'),
      }),
    );
    expect(JSON.stringify(saveState(program))).toBe(before);
  });

  test.each(older)('%s is migrated whole', (name, make, demoCount, extras) => {
    const program = make();
    const loaded = loadState(program, sample(name), { migrate: true });
    const old = JSON.parse(sample(name)) as Record<string, { demos?: Record<string, unknown>[] }>;
    expect(Object.keys(loaded.extras)).toEqual(extras);
    const saved = saveState(program, loaded) as unknown as Record<
      string,
      { demos: Record<string, unknown>[]; signature: unknown }
    >;
    let demos = 0;
    for (const [path] of program.namedPredictors()) {
      const before = old[path.replace('.predict', '')]?.demos ?? [];
      const expected = before.map(({ rationale, ...demo }) =>
        rationale === undefined ? demo : { ...demo, reasoning: rationale },
      );
      expect(saved[path]?.demos).toEqual(expected);
      demos += expected.length;
    }
    expect(demos).toBe(demoCount);
    // What was migrated is a state of today.
    const again = make();
    expect(saveState(again, loadState(again, JSON.stringify(saved)))).toEqual(saved);
  });

  test('the instructions of 2024 arrive', () => {
    const program = new BasicMultiHop();
    loadState(program, sample('basicmh_3_3_6.json'), { migrate: true });
    const { signature } = (program.generate_query[0] as ChainOfThought).predict;
    expect(signature.instructions).toBe('Given the fields `context`, `question`, produce the fields `search_query`.');
    expect(signature.outputs.at(-1)?.prefix).toBe('Search Query:');
  });

  test('source text in a state is kept and never run', () => {
    const program = new InvoiceTotal();
    const evil = { ...JSON.parse(sample('invoice_flex.json')), module_src: 'globalThis.ran = true; throw new Error()' };
    const loaded = loadState(program, evil);
    expect(loaded.extras.module_src).toBe('globalThis.ran = true; throw new Error()');
    expect('ran' in globalThis).toBe(false);
  });

  test('all or nothing: a wrong last predictor changes no first one', () => {
    const program = wikipediaReAct();
    const before = JSON.stringify(saveState(program));
    const state = JSON.parse(sample('saved_program.json'));
    state['extract.predict'].signature.fields.pop();
    expect(() => loadState(program, state)).toThrow(/has 3 fields/);
    expect(JSON.stringify(saveState(program))).toBe(before);
    delete state['extract.predict'];
    expect(() => loadState(program, state)).toThrow(
      expect.objectContaining({ details: { missing: 'extract.predict' } }),
    );
    expect(JSON.stringify(saveState(program))).toBe(before);
  });
});

describe('states', () => {
  test('a bare Predict has its keys at the top', () => {
    const predict = new Predict('question -> answer');
    expect(Object.keys(saveState(predict))).toEqual(['traces', 'train', 'demos', 'signature', 'lm', 'metadata']);
    const other = new Predict('question -> answer');
    loadState(other, { ...saveState(predict), demos: [{ question: 'q', answer: 'a' }] });
    expect(other.demos).toEqual([{ question: 'q', answer: 'a' }]);
  });

  test('addresses and keys of a saved model are dropped unless allowed', () => {
    const lm = {
      model: 'openai/gpt-4o',
      api_base: 'http://evil',
      base_url: 'http://evil',
      model_list: [],
      temperature: 0,
    };
    const state = { ...saveState(new Predict('q -> a')), lm };
    const predict = new Predict('q -> a');
    loadState(predict, state);
    expect(predict.lmState).toEqual({ model: 'openai/gpt-4o', temperature: 0 });
    loadState(predict, state, { allowUnsafeLmState: true });
    expect(predict.lmState).toEqual(lm);
  });

  test('unknown keys of a predictor are kept', () => {
    const predict = new Predict('q -> a');
    const state = { ...saveState(predict), later: { x: 1 } };
    const loaded = loadState(predict, state);
    expect(saveState(predict, loaded)).toEqual(state);
  });

  test.each([
    ['not json', 'BAD_SYNTAX'],
    ['[]', 'BAD_SCHEMA'],
    ['{}', 'BAD_SCHEMA'],
    ['{"predict":{"demos":1,"signature":{"instructions":"","fields":[]},"lm":null}}', 'BAD_SCHEMA'],
  ])('%s is refused', (text, code) => {
    expect(() => loadState(new ChainOfThought('q -> a'), text)).toThrow(expect.objectContaining({ code }));
  });
});
