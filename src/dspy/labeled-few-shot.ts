import type { AnyModule } from '../host/registry.ts';
import { defineModule } from '../ports/module.ts';
import type { Program as ProgramFile } from '../program/program.ts';
import { type Example, exampleOf, type Fields } from './example.ts';
import type { Module } from './module.ts';
import { type CompileEngine, runProgram } from './run-program.ts';
import { sample } from './sample.ts';

export interface LabeledFewShotOptions {
  /** Demonstrations for each predictor; default 16. */
  readonly k?: number;
  /** Default true: drawn by `seed`; false takes the first ones. */
  readonly sample?: boolean;
  readonly seed?: number;
}

export interface LabeledCompileOptions {
  readonly trainset: readonly (Example | Fields)[];
  /** Where the program runs; without it the drawing happens here, there is nothing to pay for. */
  readonly engine?: CompileEngine;
  readonly executionId?: string;
}

/** Shows labelled examples to every predictor. */
export class LabeledFewShot {
  readonly #options: Required<LabeledFewShotOptions>;

  constructor({ k = 16, sample: draws = true, seed = 0 }: LabeledFewShotOptions = {}) {
    this.#options = { k, sample: draws, seed };
  }

  /** The modules its program names. */
  modules(): readonly AnyModule[] {
    return [drawModule];
  }

  /** The program: one draw for each predictor. */
  program(student: Module): ProgramFile {
    const { k, sample: draws, seed } = this.#options;
    const count = student.predictors().length;
    const items = Array.from({ length: count }, (_, index) => ({ seed: seed + index }));
    const draw = { examples: '${input.examples}', k, ...(draws && { seed: '${item.seed}' }) };
    return {
      heddle: 1,
      name: 'labeled-few-shot',
      nodes: { draw: { module: 'dspy.draw@1', forEach: { items }, with: draw } },
      outputs: { demos: '${draw}' },
    };
  }

  async compile<P extends Module>(student: P, { trainset, engine, executionId }: LabeledCompileOptions): Promise<P> {
    const compiled = student.copy();
    const { k, sample: draws, seed } = this.#options;
    const examples = trainset.map((each) => exampleOf(each).fields);
    const predictors = compiled.predictors();
    const drawn =
      engine === undefined
        ? predictors.map((_, index) => draw({ examples, k, ...(draws && { seed: seed + index }) }))
        : (
            (await runProgram(engine, this.program(student), { examples }, executionId)) as {
              readonly demos: readonly (readonly Fields[])[];
            }
          ).demos;
    predictors.forEach((predictor, index) => {
      predictor.demos = drawn[index] ?? [];
    });
    compiled.compiled = true;
    return compiled;
  }
}

interface Draw {
  readonly examples: readonly Fields[];
  readonly k: number;
  readonly seed?: number;
}

function draw({ examples, k, seed }: Draw): readonly Fields[] {
  return seed === undefined ? examples.slice(0, k) : sample(examples, k, seed);
}

const drawModule: AnyModule = defineModule<Draw, readonly Fields[]>({
  name: 'dspy.draw',
  version: '1',
  description: 'draws examples by a seed',
  run: draw,
});
