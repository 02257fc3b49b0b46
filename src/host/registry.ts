import { HeddleError } from '../errors.ts';
import type { Module } from '../ports/module.ts';

/** Any module, whatever its types. */
// biome-ignore lint/suspicious/noExplicitAny: a registry holds modules of every input and output type
export type AnyModule = Module<any, any>;

/** The modules of a host by `name@version`; a bare name means the version registered last. */
export class ModuleRegistry {
  readonly #byName = new Map<string, AnyModule>();

  /** @throws ALREADY_EXISTS when two modules share name and version */
  constructor(modules: readonly AnyModule[]) {
    for (const module of modules) {
      const full = fullName(module);
      if (this.#byName.has(full)) {
        throw new HeddleError({
          code: 'ALREADY_EXISTS',
          message: `module ${full} is registered twice`,
          hint: 'give one of them another version',
        });
      }
      this.#byName.set(full, module);
      this.#byName.set(module.name, module);
    }
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** @throws UNKNOWN_MODULE */
  get(name: string): AnyModule {
    const module = this.#byName.get(name);
    if (module !== undefined) return module;
    const known = [...new Set([...this.#byName.values()].map((each) => each.name))].sort().join(', ');
    throw new HeddleError({
      code: 'UNKNOWN_MODULE',
      message: `no module ${name} is registered on this host`,
      hint: `registered are: ${known === '' ? 'none' : known}`,
      retryable: false,
    });
  }

  list(): readonly AnyModule[] {
    return [...new Set(this.#byName.values())];
  }
}

export const fullName = (module: AnyModule): string => `${module.name}@${module.version}`;
