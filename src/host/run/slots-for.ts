import type { Plan } from '../../plan/plan.ts';
import type { ModuleRunner } from '../../ports/module-runner.ts';

/** How many attempts of a program a runner takes at once, as its modules are known now. */
export function slotsFor(runner: ModuleRunner, { nodes }: Plan): number {
  if (runner.slotsFor === undefined) return runner.slots;
  const modules = new Set<string>();
  for (const { spec } of nodes) {
    const { module, fallback, compensate } = spec;
    if (module !== undefined) modules.add(module);
    if (fallback !== undefined && 'module' in fallback) modules.add(fallback.module);
    if (compensate !== undefined) modules.add(compensate.module);
  }
  return runner.slotsFor([...modules]);
}
