import { BootstrapFewShot, LM } from '../../../src/dspy.ts';
import { bootstrapOptions } from '../rag.ts';

/** The same in the page and in its workers; the address of the model is part of both of theirs. */
export const search = new URLSearchParams(location.search);
export const lm = new LM('openai/m-1', {
  providers: { openai: { format: 'openai', baseUrl: search.get('models') ?? '', secret: 'TEST_KEY' } },
});
export const optimizer = new BootstrapFewShot(bootstrapOptions);
