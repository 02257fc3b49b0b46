import { type ErrorData, isHeddleError, toErrorData } from '../../src/errors.ts';
import type { ModuleRegistry } from '../../src/host/registry.ts';
import type { GraphKernel } from '../../src/kernel/kernel.ts';
import { createPlan, type Plan } from '../../src/plan/plan.ts';
import type { Program } from '../../src/program/program.ts';
import { checkProgram } from '../../src/program/validate.ts';
import { sampleData } from '../programs/sample-data.ts';

/** A text as the program it is, or everything that is wrong with it. */
export interface LoadedProgram {
  /** Null for a sample as it came: its text is where texts are shown. */
  readonly text: string | null;
  /** Name of the format it was read from. */
  readonly format: string;
  readonly program: Program | null;
  readonly plan: Plan | null;
  readonly errors: readonly ErrorData[];
  readonly warnings: readonly ErrorData[];
  /** The line of each path of the program, where the reader of the text knows it. */
  readonly lines?: ReadonlyMap<string, number> | undefined;
}

/** What a text was read as. */
export interface ReadText {
  readonly program: unknown;
  readonly format: string;
  readonly warnings: readonly ErrorData[];
  /** In ms, by node, of a recording. */
  readonly durations?: ReadonlyMap<string, number> | undefined;
  readonly lines?: ReadonlyMap<string, number> | undefined;
}

/** Checks and plans what `read` makes of a text. Never throws. */
export function loadProgram(
  text: string | null,
  read: () => ReadText,
  modules: ModuleRegistry,
  kernel: GraphKernel,
): LoadedProgram {
  const nothing = { format: '', program: null, plan: null, warnings: [] };
  let seen: ReadText;
  try {
    seen = read();
  } catch (thrown) {
    return { text, ...nothing, errors: errorsOf(thrown) };
  }
  const { program: document, format, warnings, durations, lines } = seen;
  const errors = errorsIn(() => checkProgram(document, { modules }));
  try {
    // A program of modules that are not here cannot run, but it can be looked at.
    const program = checkProgram(document);
    const given = durations && Float64Array.from(Object.keys(program.nodes), (id) => durations.get(id) ?? 0);
    return { text, format, warnings, lines, program, plan: createPlan(program, kernel, given), errors };
  } catch (thrown) {
    return { text, ...nothing, format, warnings, lines, errors: errors.length > 0 ? errors : errorsOf(thrown) };
  }
}

function errorsIn(check: () => unknown): readonly ErrorData[] {
  try {
    check();
    return [];
  } catch (thrown) {
    return errorsOf(thrown);
  }
}

function errorsOf(thrown: unknown): readonly ErrorData[] {
  const error = toErrorData(thrown, 'BAD_SYNTAX');
  return isHeddleError(thrown) ? (thrown.errors ?? [error]) : [error];
}

/** A sample, whose text was read when the page was built. */
export function loadSample(name: string, modules: ModuleRegistry, kernel: GraphKernel): LoadedProgram {
  return loadProgram(null, () => ({ program: sampleData[name], format: 'heddle', warnings: [] }), modules, kernel);
}
