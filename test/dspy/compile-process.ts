/** A process that compiles: `node compile-process.js URL DIRECTORY EXECUTION_ID`; prints the state. A second one goes on where the first was killed. */
import { BootstrapFewShot, LM, saveState } from '../../src/dspy.ts';
import { createEngine } from '../../src/index.ts';
import { bootstrapOptions, examples, rag } from './rag.ts';

const [, , url = '', directory = '', executionId = ''] = process.argv;
const provider = {
  format: 'openai',
  baseUrl: `${url}/openai`,
  secret: 'TEST_KEY',
  idempotencyHeader: 'Idempotency-Key',
} as const;
const lm = new LM('openai/m-1', { providers: { openai: provider } });
const optimizer = new BootstrapFewShot(bootstrapOptions);
const engine = await createEngine({ modules: optimizer.modules(rag(), { lm }), directory, secrets: () => 'sk-test' });
const compiled = await optimizer.compile(rag(), { trainset: examples, engine, executionId });
await engine.close();
console.log(JSON.stringify(saveState(compiled)));
