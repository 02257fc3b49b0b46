import type { ModuleRegistry } from '../../src/host/registry.ts';
import type { GraphKernel } from '../../src/kernel/kernel.ts';
import { languageOf } from '../programs/language.ts';
import { type LoadedProgram, loadProgram } from './load-program.ts';

/** Reads a program of any known format by its content. Never throws. The parsers are scripts of their own. */
export async function readText(text: string, modules: ModuleRegistry, kernel: GraphKernel): Promise<LoadedProgram> {
  if (languageOf(text) === 'TypeScript') {
    const { readTypeScript } = await import('../typescript/read-typescript.ts');
    const read = () => ({ ...readTypeScript(text, modules.list()), format: 'TypeScript', warnings: [] });
    return loadProgram(text, read, modules, kernel);
  }
  const { readDocument } = await import('./read-document.ts');
  return loadProgram(text, () => readDocument(text), modules, kernel);
}
