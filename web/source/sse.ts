/** A message of a stream of server-sent events (WHATWG HTML §9.2). */
export interface SseMessage {
  readonly id?: string;
  readonly data: string;
}

/** Reads a response as server-sent events; unlike EventSource, fetch can carry a key. Ends with the response. */
export async function* readSse(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly SseMessage[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      rest = blocks.pop() ?? '';
      const messages = blocks.flatMap(readBlock);
      if (messages.length > 0) yield messages;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function readBlock(block: string): readonly SseMessage[] {
  const lines = block.split(/\r?\n/).filter((line) => !line.startsWith(':'));
  const field = (name: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).replace(/^ /, ''));
  const data = field('data');
  if (data.length === 0) return [];
  const [id] = field('id');
  return [{ data: data.join('\n'), ...(id !== undefined && { id }) }];
}
