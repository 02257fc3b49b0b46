import { type ErrorData, isHeddleError, toErrorData } from '../../src/errors.ts';
import type { ModuleRegistry } from '../../src/host/registry.ts';
import type { GraphKernel } from '../../src/kernel/kernel.ts';
import { createPlan, type Plan } from '../../src/plan/plan.ts';
import type { Program } from '../../src/program/program.ts';
import { checkProgram } from '../../src/program/validate.ts';
import { sampleData } from '../programs/sample-data.ts';

/** A text as the program it is, or everything that is wrong with it. */
export interface LoadedProgram {
  readonly text: string;
  /** Name of the format it was read from. */
  readonly format: string;
  readonly program: Program | null;
  readonly plan: Plan | null;
  readonly errors: readonly ErrorData[];
  readonly warnings: readonly ErrorData[];
}

/** What a text was read as. */
export interface ReadText {
  readonly program: unknown;
  readonly format: string;
  readonly warnings: readonly ErrorData[];
  /** In ms, by node, of a recording. */
  readonly durations?: ReadonlyMap<string, number> | undefined;
}

/** Checks and plans what `read` makes of a text. Never throws. */
export function loadProgram(
  text: string,
  read: () => ReadText,
  modules: ModuleRegistry,
  kernel: GraphKernel,
): LoadedProgram {
  let drawn: Omit<LoadedProgram, 'text' | 'errors'> = { format: '', program: null, plan: null, warnings: [] };
  try {
    const { program: document, format, warnings, durations } = read();
    // Without modules first: a program of modules that are not here can be looked at all the same.
    const program = checkProgram(document);
    const given = durations && Float64Array.from(Object.keys(program.nodes), (id) => durations.get(id) ?? 0);
    drawn = { format, warnings, program, plan: createPlan(program, kernel, given) };
    checkProgram(program, { modules });
    return { text, ...drawn, errors: [] };
  } catch (thrown) {
    const error = toErrorData(thrown, 'BAD_SYNTAX');
    const errors = isHeddleError(thrown) ? (thrown.errors ?? [error]) : [error];
    return { text, ...drawn, errors };
  }
}

/** A sample, whose text was read when the page was built. */
export function loadSample(
  { name, program }: { readonly name: string; readonly program: string },
  modules: ModuleRegistry,
  kernel: GraphKernel,
): LoadedProgram {
  return loadProgram(program, () => ({ program: sampleData[name], format: 'heddle', warnings: [] }), modules, kernel);
}
