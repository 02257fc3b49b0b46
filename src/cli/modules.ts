import type { ReadProgram } from '../formats/format.ts';
import { formatModules } from '../formats/index.ts';
import { ModuleRegistry } from '../host/registry.ts';
import { standardModules } from '../modules/index.ts';
import { voxModules } from '../modules/vox-modules.ts';

/**
 * The modules a program can name on the command line: those that come with its format, and those of the product. The
 * product's come last, so that they are meant where a format only brings a stand-in of the same name.
 */
export function modulesFor({ modules }: Pick<ReadProgram, 'modules'>): ModuleRegistry {
  return new ModuleRegistry([...new Set([...modules, ...formatModules, ...standardModules, ...voxModules])]);
}
