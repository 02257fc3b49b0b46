import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  ChainOfThought,
  type Fields,
  heddleModules,
  LM,
  Module,
  Predict,
  Program,
  predictModule,
  ReAct,
  Session,
} from '../../src/dspy.ts';
import { createEngine } from '../../src/index.ts';
import { standardModules } from '../../src/modules/index.ts';
import { defineModule } from '../../src/ports/module.ts';
import { validateProgram } from '../../src/program/validate.ts';
import { ModelServer } from '../support/model-server.ts';
import { rag } from './rag.ts';
import { ragAnswer } from './rag-answers.ts';

let server: ModelServer;
let lm: LM;
const secret = () => 'sk-test';
beforeAll(async () => {
  server = await new ModelServer(ragAnswer).start();
  lm = new LM('openai/m-1', { providers: server.providers });
});
afterAll(() => server.close());
beforeEach(() => {
  server.answering = ragAnswer;
  server.calls.length = 0;
});
const session = (): Session => new Session({ lm, secret });
const chat = (fields: Fields): string =>
  [
    ...Object.entries(fields).map(
      ([name, value]) => `[[ ## ${name} ## ]]\n${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
    '[[ ## completed ## ]]',
  ].join('\n\n');

/** A part that notes what it got. */
const part = (name: string, log: string[] = []) =>
  defineModule<Fields, Fields>({
    name: `part.${name}`,
    version: '1',
    run: (input) => {
      log.push(`${name} ${Object.keys(input).sort().join(' ')}`);
      return { [name]: [...Object.keys(input)].sort().join('+') };
    },
  });

describe('a program of declared modules', () => {
  test('runs in the order of its dependencies, each on the inputs and what it depends on', async () => {
    const log: string[] = [];
    const program = new Program('diamond')
      .addModule('d', part('d', log), ['b', 'c'])
      .addModule('b', part('b', log), ['a'])
      .addModule('c', part('c', log), ['a'])
      .addModule('a', part('a', log));
    expect(program.executionOrder()).toEqual(['a', 'b', 'c', 'd']);
    expect(program.executionGraph).toEqual({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'] });
    const { fields } = await program.call({ x: 1 }, session());
    expect(fields).toEqual({ d: { d: 'b+c+x' } });
    expect(log).toEqual(['a x', 'b a x', 'c a x', 'd b c x']);
    const engine = await createEngine({ modules: heddleModules(program) });
    expect((await engine.execute(program, { x: 1 })).result).toEqual(fields);
    await engine.close();
  });

  test.each([
    [
      'CYCLE',
      () =>
        new Program('p')
          .addModule('a', part('a'), ['c'])
          .addModule('b', part('b'), ['a'])
          .addModule('c', part('c'), ['b']),
    ],
    ['SELF_LOOP', () => new Program('p').addModule('a', part('a'), ['a'])],
    ['UNKNOWN_NODE', () => new Program('p').addModule('a', part('a')).addModule('b', part('b'), ['aa'])],
  ])('%s is refused, here and as a file', async (code, make) => {
    await expect(make().call({}, session())).rejects.toMatchObject({ code });
    expect(() => make().toJSON()).toThrow(expect.objectContaining({ code }));
  });

  test('a name is given once', () => {
    const program = new Program('p').addModule('a', part('a'));
    expect(() => program.addModule('a', part('a'))).toThrow(expect.objectContaining({ code: 'DUPLICATE_ID' }));
  });

  test('a missing input is refused before anything runs, here and on an engine', async () => {
    await expect(rag().call({ other: 1 }, session())).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const engine = await createEngine({ modules: heddleModules(rag(), { lm }), secrets: secret });
    await expect(engine.execute(rag(), { other: 1 })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(server.calls.length).toBe(0);
    await engine.close();
  });

  test('the RAG program answers the same here and on an engine, with its demonstrations in the file', async () => {
    const program = rag();
    (program.namedPredictors()[0]?.[1] as Predict).demos = [
      { context: ['costs ${price} and $${x}'], question: '${input.question}', reasoning: '$', answer: '${nothing}' },
    ];
    const file = JSON.parse(JSON.stringify(program));
    expect(validateProgram(file).ok).toBe(true);
    const here = await program.call({ question: 'Where was Karl born?' }, session());
    const engine = await createEngine({ modules: heddleModules(program, { lm }), secrets: secret });
    const { result } = await engine.execute(file, { question: 'Where was Karl born?' });
    expect(result).toEqual(here.fields);
    expect(result).toEqual({ reasoning: 'The passages say so of Karl.', answer: 'Aachen' });
    const [one, two] = server.calls.map(({ body }) => body);
    expect(two).toEqual(one);
    expect(JSON.stringify(one.messages)).toContain('costs ${price} and $${x}');
    expect(here.usage).toMatchObject({ calls: 1, costUsd: expect.any(Number) });
    await engine.close();
  });

  test('compile gives a copy that others leave alone', async () => {
    const program = rag();
    const compiled = await program.compile();
    expect([compiled.compiled, program.compiled]).toEqual([true, false]);
    class Outer extends Module {
      inner = compiled;
      own = new Predict('a -> b');
      forward(): Promise<Fields> {
        return Promise.resolve({});
      }
    }
    expect(new Outer().namedPredictors().map(([path]) => path)).toEqual(['own']);
  });

  test('modules written as code run on an engine with their state, retries and a budget of time', async () => {
    class Twice extends Module {
      steps = [new ChainOfThought('question -> query'), new ChainOfThought('query -> answer')];
      async forward({ question = '' }: Fields, own: Session) {
        const [first, second] = this.steps as [ChainOfThought, ChainOfThought];
        return second.call({ query: (await first.call({ question }, own)).get('query') ?? '' }, own);
      }
    }
    const program = new Program('twice').addModule('think', new Twice(), {
      retry: { attempts: 2, delayMs: 1 },
      timeoutMs: 5000,
    });
    server.answering = ({ prompt }, index) =>
      index === 0
        ? { status: 503 }
        : chat({ reasoning: 'r', query: 'q', answer: prompt.includes('## query') ? '42' : '?' });
    const engine = await createEngine({ modules: heddleModules(program, { lm }), secrets: secret });
    const { result, status } = await engine.execute(program, { question: 'why?' });
    expect([status, result]).toEqual(['COMPLETED', { think: { reasoning: 'r', answer: '42' } }]);
    expect(server.calls.length).toBe(3);
    await engine.close();
  });
});

describe('Predict', () => {
  test('asks once more as JSON when the answer cannot be read', async () => {
    server.answering = (_, index) => (index === 0 ? 'Forty-two!' : 'Sure: {"answer": "42", "n": "42"}');
    const predict = new Predict('question -> answer, n: int');
    const used = session();
    expect((await predict.call({ question: '6 * 7' }, used)).fields).toEqual({ answer: '42', n: 42 });
    expect(used.usage.byModel).toEqual({ 'm-1': expect.objectContaining({ calls: 2 }) });
    expect(server.calls[1]?.body.messages[0].content).toContain('Outputs will be a JSON object');
  });

  test('streams to the monitor of an engine, and its parts are the answer', async () => {
    const program = rag();
    const engine = await createEngine({ modules: heddleModules(program, { lm, stream: true }), secrets: secret });
    const execution = await engine.start(program, { question: 'Where was Karl born?' });
    let text = '';
    let parts = 0;
    for await (const { events } of execution.monitor()) {
      for (const { type, taskId, data } of events) {
        if (type !== 'TASK_OUTPUT' || taskId !== 'generate') continue;
        text += (data as { chunk: { text: string } }).chunk.text;
        parts++;
      }
    }
    expect(text).toBe(ragAnswer({ prompt: '«Karl was born in Aachen»\nWhere was Karl born?' } as never));
    expect(parts).toBeGreaterThan(3);
    await engine.close();
  });

  test('settings of a loaded model are asked for, its address is not', async () => {
    const predict = new Predict('question -> answer');
    const { signature, demos, traces, train } = predict.dumpState();
    const state = {
      signature,
      demos,
      traces,
      train,
      lm: { model: 'openai/gpt-9', temperature: 0.5, max_tokens: 7, api_base: 'http://elsewhere.example' },
    };
    predict.loadState(state, 'self', {});
    server.answering = () => chat({ answer: 'x' });
    await predict.call({ question: '?' }, session());
    expect(server.calls[0]?.body).toMatchObject({ model: 'gpt-9', temperature: 0.5, max_completion_tokens: 7 });
  });

  test('without a model it says what to do', async () => {
    await expect(new Predict('a -> b').call({ a: '' }, new Session())).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      hint: expect.stringContaining('LM'),
    });
  });
});

describe('ReAct', () => {
  const divide = defineModule<{ a: number; b: number }, number>({
    name: 'divide',
    version: '1',
    description: 'a divided by b',
    input: { type: 'object', required: ['a', 'b'], properties: { a: { type: 'number' }, b: { type: 'number' } } },
    run: ({ a, b }) => {
      if (b === 0) throw new Error('division by zero');
      return a / b;
    },
  });
  const turns = [
    { next_thought: 'Try.', next_tool_name: 'divide', next_tool_args: { a: 1, b: 0 } },
    { next_thought: 'Not by zero.', next_tool_name: 'divide', next_tool_args: { a: 1 } },
    { next_thought: 'By two.', next_tool_name: 'divide', next_tool_args: { a: 1, b: 2 } },
    { next_thought: 'Done.', next_tool_name: 'finish', next_tool_args: {} },
    { reasoning: 'It is a half.', answer: '0.5' },
  ];

  test('calls tools, sees what they say, and reads the answer from the trajectory', async () => {
    server.answering = (_, index) => chat(turns[index] ?? {});
    const agent = new ReAct('question -> answer', { tools: [divide] });
    const { fields } = await agent.call({ question: 'half of one?' }, session());
    expect(fields).toMatchObject({ answer: '0.5', reasoning: 'It is a half.' });
    const trajectory = fields.trajectory as Fields;
    expect([0, 1, 2, 3].map((turn) => trajectory[`observation_${turn}`])).toEqual([
      'Execution error in divide: MODULE_FAILED: division by zero',
      expect.stringMatching(/^Execution error in divide: BAD_INPUT: .*b/),
      0.5,
      'Completed.',
    ]);
    expect(server.calls[0]?.body.messages[0].content).toContain(
      "(1) divide, whose description is <desc>a divided by b</desc>. It takes arguments {'a': {'type': 'number'}, 'b': {'type': 'number'}}.",
    );
    expect(server.calls.at(-1)?.prompt).toContain('[[ ## observation_2 ## ]]\n0.5');

    server.calls.length = 0;
    const program = new Program('agent').addModule('agent', agent);
    const engine = await createEngine({ modules: heddleModules(program, { lm }), secrets: secret });
    expect((await engine.execute(program, { question: 'half of one?' })).result).toEqual(fields);
    await engine.close();
  });

  test('an unknown tool ends the trajectory, and turns have a limit', async () => {
    server.answering = ({ body }) =>
      JSON.stringify(body.messages).includes('next_tool_name')
        ? chat({ next_thought: 't', next_tool_name: 'rm -rf', next_tool_args: {} })
        : chat({ reasoning: 'r', answer: 'a' });
    const lost = await new ReAct('question -> answer', { tools: [divide] }).call({ question: '?' }, session());
    expect(lost.fields).toEqual({ trajectory: {}, reasoning: 'r', answer: 'a' });

    server.answering = ({ body }) =>
      body.messages[0].content.includes('You are an Agent')
        ? chat(turns[2] ?? {})
        : chat({ reasoning: 'r', answer: 'a' });
    server.calls.length = 0;
    await new ReAct('question -> answer', { tools: [divide], maxIters: 3 }).call({ question: '?' }, session());
    expect(server.calls.length).toBe(4);
  });
});

/** As docs/dspy.md has it. */
const yaml = `
heddle: 1
name: rag
inputs: { type: object, required: [question, passages] }
nodes:
  retrieve: { module: search.bm25, with: { query: "\${input.question}", passages: "\${input.passages}", k: 2 } }
  answer:
    module: dspy.predict
    with:
      predictor: { signature: "context: list[str], question -> reasoning, answer" }
      given: [{ question: "\${input.question}", context: "\${retrieve.hits.map(hit, hit.text)}" }]
    retry: { attempts: 3 }
    bulkhead: { key: openai, limit: 8 }
outputs: { answer: "\${answer.answer}" }
`;

test('a predictor is a node of a program file beside the standard modules', async () => {
  const passages = ['Karl was born in Aachen.', 'Lena sells bread.', 'Karl moved to Bonn.'].map((text, offset) => ({
    text,
    offset,
  }));
  const engine = await createEngine({ modules: [...standardModules, predictModule({ lm })], secrets: secret });
  const { result } = await engine.execute(yaml, { question: 'Where was Karl born?', passages });
  expect(result).toEqual({ answer: 'Aachen' });
  expect(server.calls[0]?.prompt).toContain('["Karl was born in Aachen.", "Karl moved to Bonn."]');
  await engine.close();
});
