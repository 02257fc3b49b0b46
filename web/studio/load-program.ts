import { type ErrorData, isHeddleError, toErrorData } from '../../src/errors.ts';
import { readFormat } from '../../src/formats/index.ts';
import type { ModuleRegistry } from '../../src/host/registry.ts';
import type { GraphKernel } from '../../src/kernel/kernel.ts';
import { createPlan, type Plan } from '../../src/plan/plan.ts';
import type { Program } from '../../src/program/program.ts';
import { checkProgram } from '../../src/program/validate.ts';

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

/** Reads a program of any known format by its content. Never throws. */
export function loadProgram(text: string, modules: ModuleRegistry, kernel: GraphKernel): LoadedProgram {
  const nothing = { text, format: '', program: null, plan: null, warnings: [] };
  let drawn: Pick<LoadedProgram, 'program' | 'plan' | 'format' | 'warnings'> = nothing;
  try {
    const { program, format, warnings, durations } = readFormat(text);
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
