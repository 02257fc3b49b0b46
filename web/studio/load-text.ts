import { readFormat } from '../../src/formats/index.ts';
import type { ModuleRegistry } from '../../src/host/registry.ts';
import type { GraphKernel } from '../../src/kernel/kernel.ts';
import { type LoadedProgram, loadProgram } from './load-program.ts';

/** Reads a program of any known format by its content. Never throws. In a script of its own, with the parser of YAML. */
export function loadText(text: string, modules: ModuleRegistry, kernel: GraphKernel): LoadedProgram {
  return loadProgram(text, () => readFormat(text), modules, kernel);
}
