import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { BootstrapFewShot } from '../../src/dspy.ts';
import { bootstrapOptions, examples, rag, unlucky } from '../dspy/rag.ts';
import { askedAbout, ragAnswer } from '../dspy/rag-answers.ts';
import { ModelServer } from '../support/model-server.ts';
import { type BundledWorker, bundleWorker, Workerd } from './workerd.ts';

let worker: BundledWorker;
let models: ModelServer;
const folder = mkdtempSync(join(tmpdir(), 'heddle-edge-rag-'));
beforeAll(async () => {
  worker = await bundleWorker('test/edge/rag-worker.ts');
  models = await new ModelServer(ragAnswer).start();
}, 60_000);
afterAll(async () => {
  await models.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  models.answering = ragAnswer;
  models.calls.length = 0;
  models.answered.length = 0;
});

const startWorkerd = (): Promise<Workerd> =>
  Workerd.start(worker, folder, { bindings: { MODELS_URL: models.url, MODEL_KEY: 'sk-edge' } });

interface Told {
  readonly type: string;
  readonly data: { readonly chunk: { readonly text: string } };
}

/** The events of a stream, up to the end of the execution. */
async function untilEnd(stream: ReadableStream<Uint8Array>): Promise<readonly Told[]> {
  let text = '';
  for await (const part of stream.pipeThrough(new TextDecoderStream() as never) as AsyncIterable<string>) {
    text += part;
    if (/"EXECUTION_(COMPLETED|FAILED)"[^\n]*\n\n/.test(text)) break;
  }
  return [...text.matchAll(/^data: ?(.*)$/gm)].map(([, data = '']) => JSON.parse(data));
}

async function resultOf(workerd: Workerd, id: string): Promise<{ status: string; result: never }> {
  for (;;) {
    const { status, body } = await workerd.json(`/v1/executions/${id}/result`);
    if (status !== 409) return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a RAG program answers at the edge, with the key of the Worker and its answer in parts', {
  timeout: 60_000,
}, async () => {
  const workerd = await startWorkerd();
  let begin: () => void = () => undefined;
  const listening = new Promise<void>((resolve) => {
    begin = resolve;
  });
  models.answering = (call) => ({ text: ragAnswer(call), pace: (part) => (part === 0 ? listening : undefined) });
  const { body } = await workerd.post('/v1/executions', {
    program: rag(),
    inputs: { question: 'Where was Karl born?' },
  });
  const { executionId } = body as { executionId: string };
  const told = await fetch(`${workerd.url}/v1/executions/${executionId}/events`, {
    headers: { accept: 'text/event-stream' },
  });
  begin();
  const events = await untilEnd(told.body as ReadableStream<Uint8Array>);
  const parts = events.flatMap(({ type, data }) => (type === 'TASK_OUTPUT' ? [data.chunk.text] : []));
  expect(parts.join('')).toBe(ragAnswer(models.calls[0] as never));
  expect(parts.length).toBeGreaterThan(3);
  expect(await resultOf(workerd, executionId)).toMatchObject({ status: 'COMPLETED', result: { answer: 'Aachen' } });
  expect(models.calls[0]?.headers.authorization).toBe('Bearer sk-edge');
  expect(JSON.stringify(events)).not.toContain('sk-edge');
  await workerd.stop();
});

test('compiled over twenty examples, killed half-way and resumed, it repeats not one paid call', {
  timeout: 120_000,
}, async () => {
  const first = await startWorkerd();
  const underWay = new Promise<void>((resolve) => {
    models.answering = (call, index) => {
      if (index < 8) return ragAnswer(call);
      if (index === 11) resolve();
      return new Promise(() => undefined);
    };
  });
  const program = new BootstrapFewShot(bootstrapOptions).program(rag(), examples.length);
  const inputs = { examples: examples.map((each) => ({ fields: each.fields, inputs: each.inputs() })) };
  const { body } = await first.post('/v1/executions', { program, inputs });
  const { executionId } = body as { executionId: string };
  await underWay;
  await first.kill();
  expect(models.answered.length).toBe(8);

  models.answering = ragAnswer;
  const second = await startWorkerd();
  const { result } = await resultOf(second, executionId);
  const names = examples.map(({ fields }) => /Where was (\w+)/.exec(String(fields.question))?.[1]).sort();
  expect(models.answered.map(askedAbout).sort()).toEqual(names);
  expect(result).toMatchObject({ bootstrapped: examples.length - unlucky.length, tried: examples.length });
  await second.stop();
});
