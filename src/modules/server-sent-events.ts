/**
 * The data of each event of a stream (HTML Standard, server-sent events), as it comes. A stream that breaks off ends here
 * without an error; an unfinished event at its end is left out.
 */
export async function* readServerSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let buffer = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      buffer += decoder.decode(value, { stream: true });
      for (let end = /\r?\n\r?\n/.exec(buffer); end !== null; end = /\r?\n\r?\n/.exec(buffer)) {
        const data = dataOf(buffer.slice(0, end.index));
        buffer = buffer.slice(end.index + end[0].length);
        if (data !== undefined) yield data;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function dataOf(event: string): string | undefined {
  const lines = event.split(/\r?\n/).filter((line) => line.startsWith('data:'));
  return lines.length === 0 ? undefined : lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n');
}
