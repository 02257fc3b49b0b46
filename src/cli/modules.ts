import type { ReadProgram } from '../formats/format.ts';
import { simulatedTask } from '../formats/wfformat-module.ts';
import { ModuleRegistry } from '../host/registry.ts';

/** The modules a program can name on the command line: those of the product, and those that come with its format. */
export function modulesFor({ modules }: Pick<ReadProgram, 'modules'>): ModuleRegistry {
  return new ModuleRegistry([...new Set([simulatedTask, ...modules])]);
}
