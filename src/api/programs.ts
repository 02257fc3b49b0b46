import { Hono } from 'hono';
import { type AnyModule, ModuleRegistry } from '../host/registry.ts';
import { isStandard } from '../host/run-module.ts';
import type { GraphKernel } from '../kernel/kernel.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import { programDigest } from '../program/digest.ts';
import { checkProgram } from '../program/validate.ts';
import { readBody } from './body.ts';

export interface ProgramRoutesOptions {
  readonly modules: readonly AnyModule[];
  readonly kernel: GraphKernel;
}

/** What is known about programs and modules without running any. */
export function programRoutes({ modules, kernel }: ProgramRoutesOptions): Hono {
  const routes = new Hono();
  const registry = new ModuleRegistry(modules);

  routes.get('/v1/modules', (c) => c.json({ items: modules.map(describeModule) }));

  routes.post('/v1/programs:validate', async (c) => {
    const body = await readBody(c);
    const program = checkProgram(body.program ?? body, { modules: registry });
    return c.json({
      name: program.name,
      version: programDigest(program),
      plan: describePlan(createPlan(program, kernel)),
    });
  });

  return routes;
}

function describeModule({ name, version, description, kind, input, output }: AnyModule) {
  return {
    name,
    version,
    ...(description !== undefined && { description }),
    kind: kind ?? 'io',
    ...(input !== undefined && !isStandard(input) && { input }),
    ...(output !== undefined && !isStandard(output) && { output }),
  };
}

export function describePlan({ nodes, order, levels, depth, weights }: Plan) {
  const idOf = (index: number): string => nodes[index]?.id ?? '';
  const byLevel: string[][] = Array.from({ length: depth }, () => []);
  for (const index of order) byLevel[levels[index] ?? 0]?.push(idOf(index));
  return {
    order: Array.from(order, idOf),
    levels: byLevel,
    width: Math.max(0, ...byLevel.map((level) => level.length)),
    criticalPath: Array.from(weights.path, idOf),
    makespanMs: null,
  };
}
