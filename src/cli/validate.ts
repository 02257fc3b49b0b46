import type { ErrorData } from '../errors.ts';
import { validateProgram } from '../program/validate.ts';
import { errorsOf, loadProgram } from './load-program.ts';
import { modulesFor } from './modules.ts';
import { type Arguments, exitStatus, type Verb, type VerbContext } from './verb.ts';

export const validateVerb: Verb = {
  name: 'validate',
  operands: 'FILE...',
  operandsMin: 1,
  operandsMax: Number.POSITIVE_INFINITY,
  summary: 'Tells whether files are programs that could run, and everything that is wrong with those that are not.',
  options: {},
  run: runValidate,
};

async function runValidate({ operands }: Arguments, { output, signal }: VerbContext): Promise<number> {
  let allGood = true;
  for (const file of operands) {
    if (signal.aborted) return exitStatus.interrupted;
    const errors = await problemsOf(file, output);
    const ok = errors.length === 0;
    allGood &&= ok;
    if (output.json) output.document({ file, ok, errors });
    else output.line(`${file}: ${ok ? 'ok' : `${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`}`);
    for (const error of errors) output.problem(error, file);
  }
  return allGood ? exitStatus.success : exitStatus.problem;
}

async function problemsOf(file: string, output: VerbContext['output']): Promise<readonly ErrorData[]> {
  try {
    const read = await loadProgram(file, output);
    const checked = validateProgram(read.program, { modules: modulesFor(read) });
    return checked.ok ? [] : checked.errors;
  } catch (thrown) {
    return errorsOf(thrown);
  }
}
