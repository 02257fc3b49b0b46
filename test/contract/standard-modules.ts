import { formatModules } from '../../src/formats/index.ts';
import type { AnyModule } from '../../src/host/registry.ts';
import { httpFetchUnder, notifyUnder, standardModules, voxModules } from '../../src/modules/index.ts';
import { defineModule } from '../../src/ports/module.ts';

/** Only the server of the tests may be called. */
const server = { loopback: true, hosts: ['127.0.0.1', 'localhost'], timeoutMs: 5000, bytesMax: 10_000 };

/** Answers as a model would that was told to: with JSON, or with the prompt again. */
const testChat = defineModule<{ readonly messages: readonly { readonly content: string }[] }, string>({
  name: 'test.chat',
  version: '1',
  run: ({ messages }) => {
    const prompt = messages.at(-1)?.content ?? '';
    return prompt.startsWith('hello') ? JSON.stringify({ list: [{ a: 1 }, { a: 2 }], prompt }) : `re: ${prompt}`;
  },
});

/** The standard modules, those that come with formats, and those of workplans, allowed to call this machine. */
export const contractedModules: readonly AnyModule[] = [
  ...standardModules.filter(({ name }) => name !== 'http.fetch' && name !== 'notify'),
  httpFetchUnder(server),
  notifyUnder(server),
  ...voxModules,
  ...formatModules,
  testChat,
];
