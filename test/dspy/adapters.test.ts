import { describe, expect, test } from 'vitest';
import { ChatAdapter, type Fields, JSONAdapter, loadState, Signature } from '../../src/dspy.ts';
import { wikipediaReAct } from './programs.ts';
import { sample, samplesMissing } from './samples.ts';

test.skipIf(samplesMissing)('the message list of saved_program.json, character for character', () => {
  const expected = JSON.parse(sample('expected-extract-predict-chat.json'));
  const program = wikipediaReAct();
  loadState(program, sample('saved_program.json'));
  const { signature, demos } = program.extract.predict;
  expect(new ChatAdapter().format(signature, demos, expected.inputs)).toEqual(expected.messages);
});

test.skipIf(samplesMissing)(
  'the ReAct instructions are those DSPy 3.0 saved, but for what its optimiser put before them and some line ends',
  () => {
    const saved = JSON.parse(sample('saved_program.json')).react.signature.instructions as string;
    const own = wikipediaReAct().react.signature.instructions;
    const words = (text: string) => text.replace(/\s+/g, ' ');
    expect(words(own)).toBe(words(saved.slice(saved.indexOf('Given the fields'))));
  },
);

const head = (fields: string) =>
  `${fields}\nAll interactions will be structured in the following way, with the appropriate values filled in.\n\n`;

describe('ChatAdapter as in tests/adapters/test_chat_adapter.py of DSPy', () => {
  const format = (signature: Signature, inputs: Fields, demos: Fields[] = []) =>
    new ChatAdapter().format(signature, demos, inputs);

  test('simple signature', () => {
    const signature = new Signature('question -> answer', { instructions: 'Answer the question.' });
    expect(format(signature, { question: 'What is the capital of France?' })).toEqual([
      {
        role: 'system',
        content: `${head('Your input fields are:\n1. `question` (str):\nYour output fields are:\n1. `answer` (str):')}[[ ## question ## ]]\n{question}\n\n[[ ## answer ## ]]\n{answer}\n\n[[ ## completed ## ]]\nIn adhering to this structure, your objective is: \n        Answer the question.`,
      },
      {
        role: 'user',
        content:
          '[[ ## question ## ]]\nWhat is the capital of France?\n\nRespond with the corresponding output fields, starting with the field `[[ ## answer ## ]]`, and then ending with the marker for `[[ ## completed ## ]]`.',
      },
    ]);
  });

  test('typed outputs with a demonstration', () => {
    const signature = new Signature('question -> answers: list[str], scores: list[float]', {
      instructions: 'Answer the question with multiple answers and scores',
    });
    const demo = { question: 'Q1', answers: ['A1', 'A2'], scores: [0.1, 0.9] };
    const messages = format(signature, { question: 'Q2' }, [demo]);
    expect(messages.map(({ content }) => content)).toEqual([
      `${head('Your input fields are:\n1. `question` (str):\nYour output fields are:\n1. `answers` (list[str]): \n2. `scores` (list[float]):')}[[ ## question ## ]]\n{question}\n\n[[ ## answers ## ]]\n{answers}        # note: the value you produce must adhere to the JSON schema: {"type": "array", "items": {"type": "string"}}\n\n[[ ## scores ## ]]\n{scores}        # note: the value you produce must adhere to the JSON schema: {"type": "array", "items": {"type": "number"}}\n\n[[ ## completed ## ]]\nIn adhering to this structure, your objective is: \n        Answer the question with multiple answers and scores`,
      '[[ ## question ## ]]\nQ1',
      '[[ ## answers ## ]]\n["A1", "A2"]\n\n[[ ## scores ## ]]\n[0.1, 0.9]\n\n[[ ## completed ## ]]\n',
      '[[ ## question ## ]]\nQ2\n\nRespond with the corresponding output fields, starting with the field `[[ ## answers ## ]]` (must be formatted as a valid Python list[str]), then `[[ ## scores ## ]]` (must be formatted as a valid Python list[float]), and then ending with the marker for `[[ ## completed ## ]]`.',
    ]);
  });

  test('incomplete demonstrations come first, useless ones not at all', () => {
    const signature = new Signature('question, context -> answer, confidence: float');
    const demos = [
      { question: 'Q0', context: 'C0', answer: 'A0', confidence: 1 },
      { question: 'Q1', answer: 'A1' },
      { question: 'only an input' },
      { answer: 'only an output' },
    ];
    const contents = format(signature, { question: 'Q2', context: 'C2' }, demos).map(({ content }) => content);
    expect(contents.slice(1, -1)).toEqual([
      'This is an example of the task, though some input or output fields are not supplied.\n\n[[ ## question ## ]]\nQ1',
      '[[ ## answer ## ]]\nA1\n\n[[ ## confidence ## ]]\nNot supplied for this particular example.\n\n[[ ## completed ## ]]\n',
      '[[ ## question ## ]]\nQ0\n\n[[ ## context ## ]]\nC0',
      '[[ ## answer ## ]]\nA0\n\n[[ ## confidence ## ]]\n1\n\n[[ ## completed ## ]]\n',
    ]);
  });

  test('a history is told as turns', () => {
    const signature = new Signature('history: dspy.History, question -> answer');
    const history = { messages: [{ question: 'What is 1+1?', answer: '2' }] };
    const messages = format(signature, { history, question: 'What is 3+3?' });
    expect(messages[0]?.content).toContain('1. `history` (History): \n2. `question` (str):');
    expect(messages[0]?.content).toContain('[[ ## history ## ]]\n{history}\n');
    expect(messages.slice(1, 3).map(({ content }) => content)).toEqual([
      '[[ ## question ## ]]\nWhat is 1+1?',
      '[[ ## answer ## ]]\n2\n\n[[ ## completed ## ]]\n',
    ]);
    expect(messages[3]?.content).toMatch(/^\[\[ ## question ## \]\]\nWhat is 3\+3\?\n\nRespond/);
  });

  test.each([
    [['alpha', 'beta'], '[1] «alpha»\n[2] «beta»'],
    [['one'], '«one»'],
    [[], 'N/A'],
    [['two\nlines'], '«««\n    two\n    lines\n»»»'],
    [{ a: [1, true, null] }, '{"a": [1, true, null]}'],
    [true, 'True'],
    [null, 'None'],
    [0.00001, '1e-05'],
  ])('the value %j for a text', (value, text) => {
    const [, user] = format(new Signature('context -> answer'), { context: value });
    expect(user?.content.startsWith(`[[ ## context ## ]]\n${text}\n\nRespond`)).toBe(true);
  });

  test.each([
    ['Literal["yes", "no"]', "Literal['yes', 'no']", 'must exactly match (no extra characters) one of: yes; no'],
    [
      `Literal["she's here", "ok"]`,
      `Literal["she's here", 'ok']`,
      "must exactly match (no extra characters) one of: she's here; ok",
    ],
    ['bool', 'bool', 'must be True or False'],
    ['int', 'int', 'must be a single int value'],
    [
      'dict[str, int]',
      'dict[str, int]',
      'must adhere to the JSON schema: {"type": "object", "additionalProperties": {"type": "integer"}}',
    ],
    [
      'str | None',
      'UnionType[str, NoneType]',
      'must adhere to the JSON schema: {"anyOf": [{"type": "string"}, {"type": "null"}]}',
    ],
    [
      'Optional[int]',
      'Union[int, NoneType]',
      'must adhere to the JSON schema: {"anyOf": [{"type": "integer"}, {"type": "null"}]}',
    ],
  ])('an output of type %s', (type, name, note) => {
    const [system, user] = format(new Signature(`q -> v: ${type}`), { q: '' });
    expect(system?.content).toContain(`1. \`v\` (${name}):`);
    expect(system?.content).toContain(`{v}        # note: the value you produce ${note}\n`);
    expect(user?.content).toContain(`(must be formatted as a valid Python ${name})`);
  });
});

describe('ChatAdapter reads', () => {
  const adapter = new ChatAdapter();
  const signature = new Signature('q -> answer, n: int, tags: list[str], more: str | None');
  const text = (n: string, tags: string) =>
    `Sure!\n[[ ## answer ## ]] Paris\nand more\n\n[[ ## n ## ]]\n${n}\n[[ ## other ## ]]\nx\n[[ ## tags ## ]]\n${tags}\n\n[[ ## answer ## ]]\nlater\n[[ ## completed ## ]]`;

  test.each([
    ['3', '["a","b"]'],
    ['3.0', "['a', 'b']"],
    ['"3"', '```json\n["a", "b",]\n```'],
    ['3', "('a', 'b')"],
    ['3', '["a", "b"'],
  ])('%s and %s', (n, tags) => {
    expect(adapter.parse(signature, text(n, tags))).toEqual({
      answer: 'Paris\nand more',
      n: 3,
      tags: ['a', 'b'],
      more: null,
    });
  });

  test.each([
    ['three', '[]', 'the field n'],
    ['3', '{"a": 1}', 'the field tags'],
  ])('not %s and %s', (n, tags, what) => {
    expect(() => adapter.parse(signature, text(n, tags))).toThrow(
      expect.objectContaining({ code: 'BAD_OUTPUT', message: expect.stringContaining(what), retryable: true }),
    );
  });

  test('a missing output is named', () => {
    expect(() => adapter.parse(signature, '[[ ## answer ## ]]\nx')).toThrow(/the field n is missing/);
  });
});

describe('JSONAdapter as in tests/adapters/test_json_adapter.py of DSPy', () => {
  const adapter = new JSONAdapter();

  test('simple signature', () => {
    expect(
      adapter.format(new Signature('question -> answer'), [], { question: 'What is the capital of France?' }),
    ).toEqual([
      {
        role: 'system',
        content: `${head('Your input fields are:\n1. `question` (str):\nYour output fields are:\n1. `answer` (str):')}Inputs will have the following structure:\n\n[[ ## question ## ]]\n{question}\n\nOutputs will be a JSON object with the following fields.\n\n{\n  "answer": "{answer}"\n}\nIn adhering to this structure, your objective is: \n        Given the fields \`question\`, produce the fields \`answer\`.`,
      },
      {
        role: 'user',
        content:
          '[[ ## question ## ]]\nWhat is the capital of France?\n\nRespond with a JSON object in the following order of fields: `answer`.',
      },
    ]);
  });

  test('typed outputs with a demonstration', () => {
    const demo = { question: 'Q1', answer: 'A1', confidence: 0.9 };
    const [system, , assistant, user] = adapter.format(new Signature('question -> answer, confidence: float'), [demo], {
      question: 'Q2',
    });
    expect(system?.content).toContain(
      '{\n  "answer": "{answer}",\n  "confidence": "{confidence}        # note: the value you produce must be a single float value"\n}',
    );
    expect(assistant?.content).toBe('{\n  "answer": "A1",\n  "confidence": 0.9\n}');
    expect(user?.content).toMatch(/`answer`, then `confidence` \(must be formatted as a valid Python float\)\.$/);
  });

  test('quotes inside a note are escaped', () => {
    const [system] = adapter.format(new Signature('q -> count: int, metadata: dict[str, int]'), [], { q: '' });
    expect(system?.content).toContain(
      '"metadata": "{metadata}        # note: the value you produce must adhere to the JSON schema: {\\"type\\": \\"object\\", \\"additionalProperties\\": {\\"type\\": \\"integer\\"}}"\n',
    );
  });

  test.each([
    '{"answer": "A", "n": 2, "extra": true}',
    'Here you are:\n```json\n{"answer": "A", "n": "2"}\n```\nBye.',
    "{'answer': 'A', 'n': 2,}",
    'The object is {answer: "A", n: 2} as asked',
    '{"answer": "A", "n": 2',
  ])('reads %s', (text) => {
    expect(adapter.parse(new Signature('q -> answer, n: int'), text)).toEqual({ answer: 'A', n: 2 });
  });

  test.each(['no object', '[1]', '{"answer": "A"}'])('not %s', (text) => {
    expect(() => adapter.parse(new Signature('q -> answer, n: int'), text)).toThrow(
      expect.objectContaining({ code: 'BAD_OUTPUT' }),
    );
  });
});
