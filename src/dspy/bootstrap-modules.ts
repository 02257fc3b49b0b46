import { HeddleError, toErrorData } from '../errors.ts';
import type { AnyModule } from '../host/registry.ts';
import type { TokenUsage } from '../ports/language-model.ts';
import { defineModule } from '../ports/module.ts';
import type { Value } from '../program/value.ts';
import { asProgram, predictorPath } from './as-program.ts';
import type { Metric } from './evaluate.ts';
import { Example, type Fields } from './example.ts';
import type { TracedOutput } from './heddle-modules.ts';
import { Module } from './module.ts';
import { Prediction } from './prediction.ts';
import { sample } from './sample.ts';
import { addUsage, noUsage } from './usage.ts';

export interface TrainExample {
  readonly fields: Fields;
  readonly inputs: Fields;
}

/** What one example gave: demonstrations by the path of their predictor, none when the metric did not like it. */
export interface Judged {
  readonly index: number;
  readonly success: boolean;
  readonly demos: { readonly [path: string]: readonly Fields[] };
  /** Of the teacher; null when its run failed and nobody can tell. */
  readonly usage: TokenUsage | null;
  readonly error?: string;
}

export interface Tally {
  readonly found: number;
  readonly tried: number;
  readonly judged: readonly Judged[];
}

interface JudgeInput {
  readonly index: number;
  readonly example: TrainExample;
  readonly taught: { readonly modules: { readonly [part: string]: Value } } | null;
}

interface TallyInput {
  readonly before: Tally | null;
  readonly judged: readonly (Judged | null)[] | null;
  readonly maxErrors: number;
}

interface SelectInput {
  readonly tally: Tally;
  readonly examples: readonly TrainExample[];
  readonly paths: readonly string[];
  readonly maxBootstrapped: number;
  readonly maxLabeled: number;
  readonly seed: number;
}

/** `dspy.judge`: asks the metric, which is code of the host, and takes the demonstrations out of a good run's trace. */
export function judgeModule(student: Module, metric: Metric | undefined, threshold: number | undefined): AnyModule {
  const program = asProgram(student);
  return defineModule<JudgeInput, Value>({
    name: 'dspy.judge',
    version: '1',
    description: 'asks the metric of an optimiser about one run',
    run: async ({ index, example, taught }) => {
      if (taught === null) return failed(index, 'the run failed', null);
      const traced = Object.entries(taught.modules).filter(([part]) => program.modules[part] instanceof Module);
      const outputs = Object.entries(taught.modules).map(([part, output]): [string, Fields] => [
        part,
        outputsOf(program.modules[part], output),
      ]);
      const prediction = program.aggregateResults(Object.fromEntries(outputs));
      const answered = student === program ? prediction : new Prediction(outputs[0]?.[1] ?? {});
      const steps = traced.flatMap(([part, output]) =>
        (output as unknown as TracedOutput).trace.map((step) => ({
          ...step,
          path: predictorPath(student, part, step.predictor),
        })),
      );
      const usage = traced.map(([, output]) => (output as unknown as TracedOutput).usage).reduce(addUsage, noUsage);
      try {
        const score =
          metric === undefined
            ? true
            : await metric(new Example(example.fields, Object.keys(example.inputs)), answered, steps);
        const success = threshold === undefined ? Boolean(score) : Number(score) >= threshold;
        const demos = success ? demosOf(steps) : {};
        return { index, success, demos, usage } as unknown as Value;
      } catch (thrown) {
        return failed(index, toErrorData(thrown, 'MODULE_FAILED').message, usage);
      }
    },
  });
}

/** `dspy.tally`: what was found so far. @throws TOO_MANY_FAILURES */
export const tallyModule: AnyModule = defineModule<TallyInput, Value>({
  name: 'dspy.tally',
  version: '1',
  description: 'counts the runs the metric liked',
  run: ({ before, judged, maxErrors }) => {
    const all = [...(before?.judged ?? []), ...(judged ?? []).filter((each) => each !== null)];
    const failures = all.filter(({ error }) => error !== undefined);
    if (failures.length >= maxErrors) throw tooMany(failures, maxErrors);
    return { found: all.filter(({ success }) => success).length, tried: all.length, judged: all } as unknown as Value;
  },
});

/** `dspy.select`: for each predictor the first demonstrations that were found, filled up with labelled examples. */
export const selectModule: AnyModule = defineModule<SelectInput, Value>({
  name: 'dspy.select',
  version: '1',
  description: 'puts the demonstrations of every predictor together',
  run: ({ tally, examples, paths, maxBootstrapped, maxLabeled, seed }) => {
    const good = tally.judged.filter(({ success }) => success).slice(0, maxBootstrapped);
    const used = new Set(good.map(({ index }) => index));
    const unused = examples.filter((_, index) => !used.has(index)).map(({ fields }) => fields);
    const demos = paths.map((path, place): [string, readonly Fields[]] => {
      const found = good.flatMap(({ demos: byPath }) => byPath[path] ?? []).slice(0, maxBootstrapped);
      const labelled = sample(unused, Math.max(0, maxLabeled - found.length), seed + place);
      return [path, [...found, ...labelled]];
    });
    const usage = tally.judged.reduce((sum, each) => addUsage(sum, each.usage ?? noUsage), noUsage);
    return {
      demos: Object.fromEntries(demos),
      bootstrapped: good.length,
      tried: tally.tried,
      usage,
    } as unknown as Value;
  },
});

function outputsOf(part: unknown, output: Value): Fields {
  return part instanceof Module ? (output as unknown as TracedOutput).outputs : (output as Fields);
}

/** Of several calls of one predictor in a run, the last one. */
function demosOf(steps: readonly { readonly path: string; readonly inputs: Fields; readonly outputs: Fields }[]) {
  return Object.fromEntries(
    steps.map(({ path, inputs, outputs }) => [path, [{ augmented: true, ...inputs, ...outputs }]]),
  );
}

function failed(index: number, error: string, usage: TokenUsage | null): Value {
  return { index, success: false, demos: {}, error, usage: usage === null ? null : { ...usage } };
}

function tooMany(failures: readonly Judged[], maxErrors: number): HeddleError {
  return new HeddleError({
    code: 'TOO_MANY_FAILURES',
    message: `${failures.length} examples failed, maxErrors is ${maxErrors}; the first: ${failures[0]?.error}`,
    hint: 'look at the timeline for what the teacher failed with, or raise maxErrors',
    retryable: false,
    details: { failures: failures.map(({ index, error = '' }) => ({ index, error })) },
  });
}
