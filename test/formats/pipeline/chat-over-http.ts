import type { AnyModule } from '../../../src/host/registry.ts';

/** A provider for tests: asks the model server. */
export function chatOverHttp(url: string, name = 'llm.chat'): AnyModule {
  return {
    name,
    version: '1',
    run: async (input: unknown, { signal }: { signal: AbortSignal }) => {
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(input), signal });
      if (!response.ok)
        throw Object.assign(new Error(`temporary_error ${response.status}`), {
          code: 'PROVIDER',
          retryable: response.status >= 500,
        });
      return await response.json();
    },
  };
}
