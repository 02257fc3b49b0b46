import { expect, expectTypeOf, test } from 'vitest';
import { defineModule } from '../../src/ports/module.ts';
import { program } from '../../src/program/builder.ts';
import { checkProgram } from '../../src/program/validate.ts';
import { testEngine } from '../samples/run-sample.ts';

const retrieve = defineModule<{ query: string; k: number }, { passages: string[] }>({
  name: 'test.retrieve',
  version: '1',
  run: ({ query, k }) => ({ passages: Array.from({ length: k }, (_, n) => `${query} ${n}`) }),
});
const shout = defineModule<{ text: string; at: number }, { loud: string }>({
  name: 'test.shout',
  version: '2',
  run: ({ text, at }) => ({ loud: `${at}: ${text.toUpperCase()}` }),
});
const join = defineModule<{ title: string; parts: readonly { loud: string }[]; first: string }, { text: string }>({
  name: 'test.join',
  version: '1',
  run: ({ title, parts, first }) => ({ text: `${title}|${first}|${parts.map(({ loud }) => loud).join()}` }),
});

const built = program<{ question: string }>('rag', {
  inputs: { type: 'object', required: ['question'], properties: { question: { type: 'string' } } },
  strategy: 'optimized',
})
  .node('retrieve', retrieve, ({ input }) => ({ query: input.question, k: 2 }), { timeoutMs: 1000 })
  .forEach(
    'each-one',
    ({ retrieve }) => retrieve.passages,
    shout,
    ({ item, index }) => ({ text: item, at: index }),
    { forEach: { maxParallel: 1 } },
  )
  .node('answer', join, (scope) => ({
    title: `on ${scope.input.question}`,
    parts: scope['each-one'],
    first: scope.retrieve.passages[0] ?? '',
  }))
  .outputs(({ answer }) => ({ text: answer.text }));

test('toJSON is the file', () => {
  expect(JSON.parse(JSON.stringify(built))).toEqual({
    heddle: 1,
    name: 'rag',
    strategy: 'optimized',
    inputs: { type: 'object', required: ['question'], properties: { question: { type: 'string' } } },
    nodes: {
      retrieve: { module: 'test.retrieve@1', with: { query: '${input.question}', k: 2 }, timeoutMs: 1000 },
      'each-one': {
        module: 'test.shout@2',
        forEach: { items: '${retrieve.passages}', maxParallel: 1 },
        with: { text: '${item}', at: '${index}' },
      },
      answer: {
        module: 'test.join@1',
        with: { title: 'on ${input.question}', parts: '${nodes["each-one"]}', first: '${retrieve.passages[0]}' },
      },
    },
    outputs: { text: '${answer.text}' },
  });
  expect(checkProgram(built.toJSON())).toEqual(built.toJSON());
});

test('and it runs', async () => {
  const engine = await testEngine([retrieve, shout, join]);
  const { result, error } = await engine.execute(built, { question: 'why' });
  expect(error).toBeUndefined();
  expect(result).toEqual({ text: 'on why|why 0|0: WHY 0,1: WHY 1' });
});

test('a node may be called as a type of CEL', async () => {
  const named = program<{ text: string }>('named')
    .node('list', shout, ({ input }) => ({ text: input.text, at: 1 }))
    .outputs(({ list }) => ({ loud: list.loud }));
  const engine = await testEngine([shout]);
  expect((await engine.execute(named, { text: 'a' })).result).toEqual({ loud: '1: A' });
});

test('types: a node knows the inputs and the outputs before it', () => {
  program<{ question: string }>('typed').node('retrieve', retrieve, (scope) => {
    expectTypeOf(scope.input.question).toEqualTypeOf<string>();
    // @ts-expect-error there is no such node yet
    scope.answer;
    return { query: scope.input.question, k: 1 };
  });
  const wrong = { query: 'why', k: 'many' };
  // @ts-expect-error the module wants a number
  program('typed').node('retrieve', retrieve, () => wrong);
});
