import type { ModelCall } from './model-server.ts';

/** What goes out, in each protocol: one body, or the events of a stream. Tokens are counted as characters over four. */

interface Said {
  readonly text?: string;
  readonly tools?: readonly { readonly name: string; readonly args: object }[];
  readonly stop?: 'length';
}

const tokens = (text: string): number => Math.ceil(text.length / 4);

/** A text in parts, as a model writes it. */
function parts(text: string): readonly string[] {
  return text.match(/[\s\S]{1,12}/g) ?? [];
}

/** A vector one can check: length, and share of the letter a. */
const vector = (text: string): number[] => [text.length, text.split('a').length - 1];

export function replyOpenAi(
  { path, body, prompt, model, stream }: ModelCall,
  { text = '', tools = [], stop }: Said,
): readonly (object | string)[] {
  if (path.endsWith('/embeddings')) {
    const data = (body.input as string[]).map((each, index) => ({ index, embedding: vector(each) })).reverse();
    return [{ data, usage: { prompt_tokens: 7 } }];
  }
  const usage = {
    prompt_tokens: tokens(prompt),
    completion_tokens: tokens(text),
    prompt_tokens_details: { cached_tokens: 0 },
  };
  const reason = stop ?? (tools.length > 0 ? 'tool_calls' : 'stop');
  const calls = tools.map(({ name, args }, index) => ({
    index,
    id: `call-${index}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }));
  if (!stream) {
    const message = { role: 'assistant', content: text, ...(calls.length > 0 && { tool_calls: calls }) };
    return [{ model, choices: [{ index: 0, message, finish_reason: reason }], usage }];
  }
  const delta = (change: object, finish: string | null = null) => ({
    model,
    choices: [{ index: 0, delta: change, finish_reason: finish }],
  });
  return [
    delta({ role: 'assistant', content: '' }),
    ...parts(text).map((content) => delta({ content })),
    ...calls.flatMap(({ index, id, type, function: { name, arguments: given } }) => [
      delta({ tool_calls: [{ index, id, type, function: { name, arguments: '' } }] }),
      ...parts(given).map((more) => delta({ tool_calls: [{ index, function: { arguments: more } }] })),
    ]),
    delta({}, reason),
    { model, choices: [], usage },
    '[DONE]',
  ];
}

export function replyAnthropic(
  { body, prompt, model, stream }: ModelCall,
  { text = '', tools = [], stop }: Said,
): readonly (object | string)[] {
  // Asked for an answer as a tool, a model gives it as its arguments.
  const forced = body.tool_choice?.type === 'tool' ? body.tool_choice.name : undefined;
  const blocks =
    forced === undefined
      ? [
          ...(text === '' ? [] : [{ type: 'text', text }]),
          ...tools.map(({ name, args }, index) => ({ type: 'tool_use', id: `toolu_${index}`, name, input: args })),
        ]
      : [{ type: 'tool_use', id: 'toolu_answer', name: forced, input: parsed(text) }];
  const reason = stop === 'length' ? 'max_tokens' : forced !== undefined || tools.length > 0 ? 'tool_use' : 'end_turn';
  const usage = { input_tokens: tokens(prompt), output_tokens: tokens(text) };
  if (!stream) return [{ type: 'message', role: 'assistant', model, content: blocks, stop_reason: reason, usage }];
  return [
    { type: 'message_start', message: { model, content: [], usage: { ...usage, output_tokens: 1 } } },
    { type: 'ping' },
    ...blocks.flatMap((block, index) => {
      const isText = block.type === 'text';
      const whole = 'text' in block ? block.text : JSON.stringify(block.input);
      const start = isText ? { type: 'text', text: '' } : { ...block, input: {} };
      return [
        { type: 'content_block_start', index, content_block: start },
        ...parts(whole).map((more) => ({
          type: 'content_block_delta',
          index,
          delta: isText ? { type: 'text_delta', text: more } : { type: 'input_json_delta', partial_json: more },
        })),
        { type: 'content_block_stop', index },
      ];
    }),
    { type: 'message_delta', delta: { stop_reason: reason }, usage: { output_tokens: usage.output_tokens } },
    { type: 'message_stop' },
  ];
}

export function replyGemini(
  { path, body, prompt, model, stream }: ModelCall,
  { text = '', tools = [], stop }: Said,
): readonly (object | string)[] {
  if (path.endsWith(':batchEmbedContents')) {
    const requests = body.requests as { content: { parts: { text: string }[] } }[];
    return [{ embeddings: requests.map(({ content }) => ({ values: vector(content.parts[0]?.text ?? '') })) }];
  }
  const usageMetadata = { promptTokenCount: tokens(prompt), candidatesTokenCount: tokens(text) };
  const finishReason = stop === 'length' ? 'MAX_TOKENS' : 'STOP';
  const functionCalls = tools.map(({ name, args }) => ({ functionCall: { name, args } }));
  const event = (content: object[], last: boolean) => ({
    modelVersion: model,
    candidates: [{ content: { role: 'model', parts: content }, ...(last && { finishReason }) }],
    ...(last && { usageMetadata }),
  });
  if (!stream) return [event([...(text === '' ? [] : [{ text }]), ...functionCalls], true)];
  return [...parts(text).map((more) => event([{ text: more }], false)), event(functionCalls, true)];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
