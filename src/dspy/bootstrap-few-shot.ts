import { HeddleError } from '../errors.ts';
import type { AnyModule } from '../host/registry.ts';
import type { Program as ProgramFile, ProgramNode } from '../program/program.ts';
import { asProgram } from './as-program.ts';
import { judgeModule, selectModule, tallyModule } from './bootstrap-modules.ts';
import type { Metric } from './evaluate.ts';
import { type Example, exampleOf, type Fields } from './example.ts';
import { heddleModules, type ModuleSettings } from './heddle-modules.ts';
import { LabeledFewShot } from './labeled-few-shot.ts';
import type { Module } from './module.ts';
import type { ModelPolicies } from './program-file.ts';
import { type CompileEngine, runProgram } from './run-program.ts';

export interface BootstrapFewShotOptions {
  /** Which runs of the teacher are good; all that do not fail when absent. */
  readonly metric?: Metric;
  /** A score at or above which a run is good. */
  readonly metricThreshold?: number;
  /** Default 4. */
  readonly maxBootstrappedDemos?: number;
  /** Of a predictor in all, bootstrapped ones included; default 16. */
  readonly maxLabeledDemos?: number;
  /** Failures of the teacher or the metric at which compilation is given up, at the end of a wave; default 5. */
  readonly maxErrors?: number;
  /** Examples tried side by side before what was found is counted; default `maxBootstrappedDemos`. */
  readonly waveSize?: number;
  /**
   * Answers are shared with other compilations of this scope in the same store. Name the model in it: answers of one model are
   * none of another. Without it each compilation asks for itself.
   */
  readonly cacheScope?: string;
  /** Of nodes that ask the model; default 3 attempts. */
  readonly policies?: ModelPolicies;
  readonly seed?: number;
}

export interface BootstrapCompileOptions {
  /** Labelled examples with their inputs named (`withInputs`). */
  readonly trainset: readonly Example[];
  /** An engine that has `optimizer.modules(student, settings)`. */
  readonly engine: CompileEngine;
  /** Runs the examples; default the student itself, with labelled examples. */
  readonly teacher?: Module;
  /** To take a compilation up again that was interrupted, by any host with the same store. */
  readonly executionId?: string;
}

/**
 * DSPy's BootstrapFewShot as a Heddle program: the teacher runs each example as a sub-program with a journal of its own, wave
 * by wave until enough runs were good, so that a compilation that was killed goes on where it was and pays for no answer
 * twice that was written down. What DSPy does one after the other happens side by side here within a wave; the first good
 * ones in the order of the examples count either way. One round an example.
 */
export class BootstrapFewShot {
  readonly #options: BootstrapFewShotOptions;

  constructor(options: BootstrapFewShotOptions = {}) {
    this.#options = options;
  }

  /** The modules its program names, for the engine that runs it. */
  modules(student: Module, settings: ModuleSettings = {}): readonly AnyModule[] {
    const { metric, metricThreshold } = this.#options;
    return [
      ...heddleModules(asProgram(student), settings),
      judgeModule(student, metric, metricThreshold),
      tallyModule,
      selectModule,
    ];
  }

  /**
   * The program over that many examples; it takes `{ examples: [{ fields, inputs }] }` and gives `{ demos, bootstrapped, tried,
   * usage }`: the usage is what the answers took when they were asked for, wherever that was.
   */
  program(teacher: Module, count: number): ProgramFile {
    const { maxBootstrappedDemos: most = 4, maxLabeledDemos: maxLabeled = 16, maxErrors = 5, seed = 0 } = this.#options;
    const {
      waveSize = Math.max(1, most),
      cacheScope: scope,
      policies = { retry: { attempts: 3, delayMs: 500 } },
    } = this.#options;
    const cache = scope === undefined ? {} : { cache: { scope } };
    const taught = asProgram(teacher).toProgram({ traced: true, policies, ...cache });
    const nodes: { [id: string]: ProgramNode } = {};
    const waves = most <= 0 ? 0 : Math.ceil(count / waveSize);
    for (let wave = 0; wave < waves; wave++) {
      const first = wave * waveSize;
      const indexes = Array.from({ length: Math.min(waveSize, count - first) }, (_, index) => first + index);
      const before = wave === 0 ? null : `\${tally_${wave - 1}}`;
      const guard = wave === 0 ? {} : { if: `tally_${wave - 1}.found < ${most}` };
      nodes[`teach_${wave}`] = {
        program: taught,
        forEach: { items: indexes, maxParallel: waveSize, tolerance: 'tolerant' },
        with: '${input.examples[item].inputs}',
        ...guard,
        summary: `run the teacher on examples ${first + 1} to ${first + indexes.length}`,
      };
      nodes[`judge_${wave}`] = {
        module: 'dspy.judge@1',
        forEach: { items: `\${teach_${wave}}` },
        with: { index: `\${index + ${first}}`, example: `\${input.examples[index + ${first}]}`, taught: '${item}' },
        summary: 'ask the metric',
      };
      nodes[`tally_${wave}`] = {
        module: 'dspy.tally@1',
        trigger: 'always',
        with: { before, judged: `\${judge_${wave}}`, maxErrors },
      };
    }
    const paths = teacher.namedPredictors().map(([path]) => path);
    nodes.select = {
      module: 'dspy.select@1',
      with: {
        tally: waves === 0 ? { found: 0, tried: 0, judged: [] } : `\${tally_${waves - 1}}`,
        examples: '${input.examples}',
        paths,
        maxBootstrapped: most,
        maxLabeled,
        seed,
      },
    };
    return {
      heddle: 1,
      name: 'bootstrap-few-shot',
      nodes,
      outputs: {
        demos: '${select.demos}',
        bootstrapped: '${select.bootstrapped}',
        tried: '${select.tried}',
        usage: '${select.usage}',
      },
    };
  }

  /** A copy of the student with the demonstrations in it. @throws what the compilation failed with */
  async compile<P extends Module>(
    student: P,
    { trainset, engine, teacher, executionId }: BootstrapCompileOptions,
  ): Promise<P> {
    const { maxLabeledDemos = 16 } = this.#options;
    const compiled = student.resetCopy();
    const own = teacher ?? student;
    const isPlain = maxLabeledDemos > 0 && !own.compiled;
    const guide = isPlain
      ? await new LabeledFewShot({ k: maxLabeledDemos }).compile(own.resetCopy(), { trainset })
      : own.copy();
    // A compiled module hides its predictors from what holds it; the guide's are to be found.
    guide.compiled = false;
    checkSame(compiled, guide);
    const examples = trainset.map((each) => ({ fields: each.fields, inputs: exampleOf(each).inputs() }));
    const result = await runProgram(engine, this.program(guide, trainset.length), { examples }, executionId);
    const { demos } = result as { readonly demos: { readonly [path: string]: readonly Fields[] } };
    for (const [path, predictor] of compiled.namedPredictors()) predictor.demos = demos[path] ?? [];
    compiled.compiled = true;
    return compiled;
  }
}

function checkSame(student: Module, teacher: Module): void {
  const paths = (module: Module): string =>
    module
      .namedPredictors()
      .map(([path]) => path)
      .join(', ');
  if (paths(student) === paths(teacher)) return;
  throw new HeddleError({
    code: 'BAD_INPUT',
    message: `student and teacher have different predictors: ${paths(student)}; ${paths(teacher)}`,
    hint: 'a teacher must have the structure of its student',
  });
}
