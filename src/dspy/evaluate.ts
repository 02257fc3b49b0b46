import type { TokenUsage } from '../ports/language-model.ts';
import type { Value } from '../program/value.ts';
import type { Example } from './example.ts';
import { inParallel, type ParallelOptions } from './in-parallel.ts';
import { type Module, usageOf } from './module.ts';
import type { Prediction } from './prediction.ts';
import { pythonStr } from './python-text.ts';
import type { Session, TraceStep } from './session.ts';

/** How good a prediction is: a number, or whether it is right. The trace is there only while an optimiser asks. */
export type Metric = (
  example: Example,
  prediction: Prediction,
  trace?: readonly Pick<TraceStep, 'inputs' | 'outputs'>[],
) => number | boolean | Promise<number | boolean>;

export interface EvaluateOptions extends Omit<ParallelOptions, 'signal'> {
  readonly devset: readonly Example[];
  readonly metric: Metric;
  /** Of an example that failed; default 0. */
  readonly failureScore?: number;
}

export interface EvaluatedExample {
  readonly example: Example;
  /** Null when it failed. */
  readonly prediction: Prediction | null;
  readonly score: number;
}

/** What an evaluation found. */
export class EvaluationResult {
  /** 100 times the mean, to two digits; 0 of nothing. */
  readonly score: number;
  readonly results: readonly EvaluatedExample[];
  readonly usage: TokenUsage;

  constructor(results: readonly EvaluatedExample[]) {
    const sum = results.reduce((total, { score }) => total + score, 0);
    this.score = results.length === 0 ? 0 : Math.round((10_000 * sum) / results.length) / 100;
    this.results = results;
    this.usage = usageOf(results.map(({ prediction }) => prediction));
  }

  /** A row an example, in Markdown: its fields, what was predicted where they differ in name or value, and the score. */
  table(cellCharsMax = 60): string {
    const fields = [...new Set(this.results.flatMap(({ example }) => Object.keys(example.fields)))];
    const predicted = [...new Set(this.results.flatMap(({ prediction }) => Object.keys(prediction?.fields ?? {})))];
    const columns = [
      '#',
      ...fields.map((name) => (predicted.includes(name) ? `example ${name}` : name)),
      ...predicted.map((name) => (fields.includes(name) ? `predicted ${name}` : name)),
      'score',
    ];
    const rows = this.results.map(({ example, prediction, score }, index) => [
      String(index + 1),
      ...fields.map((name) => cell(example.get(name), cellCharsMax)),
      ...predicted.map((name) => cell(prediction?.get(name), cellCharsMax)),
      String(Math.round(score * 1000) / 1000),
    ]);
    const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
    return [line(columns), line(columns.map(() => '---')), ...rows.map(line), '', `score: ${this.score}`].join('\n');
  }
}

/** Runs a program over a set of examples and scores what it answers. */
export class Evaluate {
  readonly #options: EvaluateOptions;

  constructor(options: EvaluateOptions) {
    this.#options = options;
  }

  /** @throws TOO_MANY_FAILURES when failures of the program or the metric reach `maxErrors` */
  async call(program: Module, session: Session): Promise<EvaluationResult> {
    const { devset, metric, failureScore = 0, ...parallel } = this.#options;
    const tasks = devset.map((example) => async (signal: AbortSignal) => {
      const own = session.fresh({ signal: AbortSignal.any([signal, session.signal]) });
      try {
        const prediction = await program.call(example, own);
        return { prediction, score: Number(await metric(example, prediction)) };
      } finally {
        for (const [model, usage] of Object.entries(own.usage.byModel)) session.usage.add(model, usage);
      }
    });
    const { results } = await inParallel(tasks, { ...parallel, signal: session.signal });
    const scored = devset.map((example, index) => ({
      example,
      ...(results[index] ?? { prediction: null, score: failureScore }),
    }));
    return new EvaluationResult(scored);
  }
}

function cell(value: Value | undefined, charsMax: number): string {
  if (value === undefined) return '';
  const text = pythonStr(value).replace(/\s+/g, ' ').replaceAll('|', '\\|');
  return text.length > charsMax ? `${text.slice(0, charsMax - 1)}…` : text;
}
