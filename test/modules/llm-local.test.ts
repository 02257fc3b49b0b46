import { expect, test } from 'vitest';
import { ChainOfThought, Session } from '../../src/dspy.ts';
import { builtInModel, localModel } from '../../src/modules/index.ts';
import type { PromptApi } from '../../src/modules/llm-built-in.ts';
import type { ModelContext } from '../../src/ports/language-model.ts';

const answer = '[[ ## reasoning ## ]]\nr\n\n[[ ## answer ## ]]\n42';
const parts = async function* () {
  for (let at = 0; at < answer.length; at += 7) yield answer.slice(at, at + 7);
};
const emitted: string[] = [];
const context = (signal = new AbortController().signal): ModelContext => ({
  signal,
  secret: () => '',
  emit: (chunk) => emitted.push((chunk as { text: string }).text),
});

test.each([
  ['a text', () => answer],
  ['a promise', async () => answer],
  ['parts', parts],
])('a model that answers with %s', async (_, said) => {
  const lm = localModel('mine', said);
  const session = new Session({ lm });
  expect((await new ChainOfThought('question -> answer').call({ question: '?' }, session)).get('answer')).toBe('42');
  expect(session.usage.byModel).toEqual({ mine: expect.objectContaining({ calls: 1, costUsd: 0 }) });
  emitted.length = 0;
  expect((await lm.chat({ messages: [], stream: true }, context())).text).toBe(answer);
  expect(emitted.join('')).toBe(answer);
  expect(emitted.length).toBe(said === parts ? 7 : 1);
});

test('an abort ends it between two parts', async () => {
  const stop = new AbortController();
  let given = 0;
  const lm = localModel('mine', async function* () {
    for (;;) {
      if (++given === 3) stop.abort(new Error('enough'));
      yield '.';
    }
  });
  await expect(lm.chat({ messages: [] }, context(stop.signal))).rejects.toThrow('enough');
  expect(given).toBe(3);
});

test('where there is no built-in model, it says so', async () => {
  await expect(builtInModel().chat({ messages: [] }, context())).rejects.toMatchObject({ code: 'UNSUPPORTED' });
});

/** The shape of the specification; a Chromium without Google's parts has no model behind it. */
test('the conversation goes to the Prompt API as it wants it, and its session is destroyed', async () => {
  const told: unknown[] = [];
  const api = (ends: boolean): PromptApi => ({
    availability: async () => (ends ? 'available' : 'unavailable'),
    create: async ({ initialPrompts }) => {
      told.push(initialPrompts);
      return {
        promptStreaming: (text, { responseConstraint }) => {
          told.push(text, responseConstraint);
          return new ReadableStream({
            start(controller) {
              for (const part of ['for', 'ty', '-two']) controller.enqueue(part);
              controller.close();
            },
          });
        },
        destroy: () => told.push('destroyed'),
      };
    },
  });
  const messages = [
    { role: 'system', content: 's' },
    { role: 'user', content: 'u' },
    { role: 'assistant', content: 'a' },
    { role: 'tool', content: 't', toolCallId: '1' },
  ] as const;
  const { text } = await builtInModel(api(true)).chat({ messages, schema: { type: 'string' } }, context());
  expect(text).toBe('forty-two');
  expect(told).toEqual([messages.slice(0, 3), 't', { type: 'string' }, 'destroyed']);
  await expect(builtInModel(api(false)).chat({ messages }, context())).rejects.toMatchObject({ code: 'UNSUPPORTED' });
});
