import { HeddleError } from '../errors.ts';
import { type AnyModule, ModuleRegistry } from '../host/registry.ts';
import { isStandard } from '../host/run/run-module.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import { programDigest } from '../program/digest.ts';
import type { Program } from '../program/program.ts';
import { checkProgram } from '../program/validate.ts';
import type { ServiceBackend, TenantBackend } from './backend.ts';
import { json } from './json.ts';
import type { ApiRequest, Handlers } from './route.ts';

/** What the tenant that asks has. */
export type TenantOf = (request: ApiRequest) => TenantBackend;

const pageDefault = 100;

/**
 * What is known about programs and modules.
 * @param start starts an execution of a program
 */
export function programHandlers(
  service: ServiceBackend,
  tenantOf: TenantOf,
  start: (request: ApiRequest, program: Program) => Promise<Response>,
): Handlers {
  const { modules, kernel, now } = service;
  const registry = new ModuleRegistry(modules);
  const planned = (program: Program) => ({
    name: program.name,
    version: programDigest(program),
    plan: describePlan(createPlan(program, kernel)),
  });
  const checked = ({ body }: ApiRequest): Program => checkProgram(body.program ?? body, { modules: registry });
  const named = (request: ApiRequest) =>
    programNamed(service, tenantOf(request), request.params.name ?? '', request.query.version);
  /** What a program has taught, for what is told of it by its name. @throws NOT_FOUND when there is none of that name */
  const learned = async (request: ApiRequest) => {
    await named(request);
    return { learning: tenantOf(request).learning, name: request.params.name ?? '' };
  };
  return {
    listModules: ({ c }) => c.json({ items: registry.list().map(describeModule) }),
    validateProgram: (request) => request.c.json(planned(checked(request))),
    async putProgram(request) {
      const program = checked(request);
      const { name } = request.params;
      if (program.name !== name) {
        throw new HeddleError({
          code: 'BAD_INPUT',
          message: `the program is called ${program.name}, its address says ${name}`,
          path: 'name',
        });
      }
      const answer = planned(program);
      const { isNew } = await tenantOf(request).programs.put(program, now());
      return request.c.json(answer, isNew ? 201 : 200);
    },
    async listPrograms(request) {
      const { c, query } = request;
      const size = Number(query.limit ?? pageDefault);
      const items = await tenantOf(request).programs.list(size, query.cursor);
      const next = items.length === size ? items.at(-1)?.name : undefined;
      return c.json({ items: items.map(viewVersion), ...(next !== undefined && { next }) });
    },
    async getProgram(request) {
      const { program, createdAtMs } = await named(request);
      const at = createdAtMs === undefined ? {} : { createdAt: new Date(createdAtMs) };
      return json(request.c, { name: program.name, version: programDigest(program), ...at, program });
    },
    async listProgramVersions(request) {
      const { program } = await named(request);
      const { name } = program;
      const stored = await tenantOf(request).programs.versions(name);
      const items = stored.length > 0 ? stored.map(viewVersion) : [{ name, version: programDigest(program) }];
      return request.c.json({ items });
    },
    async deleteProgram(request) {
      await tenantOf(request).programs.delete(request.params.name ?? '');
      return request.c.body(null, 204);
    },
    startProgram: async (request) => start(request, (await named(request)).program),
    async getProgramHistory(request) {
      const { learning, name } = await learned(request);
      return json(request.c, { items: await learning.history(name) });
    },
    async getProgramProfile(request) {
      const { learning, name } = await learned(request);
      return json(request.c, await learning.profile(name));
    },
    async getProgramStatus(request) {
      const { learning, name } = await learned(request);
      return json(request.c, await learning.getExecutionStatus(name));
    },
    async getProgramBottlenecks(request) {
      const { learning, name } = await learned(request);
      return json(request.c, { items: await learning.bottlenecks(name) });
    },
    async revertProgram(request) {
      const { learning, name } = await learned(request);
      return json(request.c, { reverted: await learning.revertOptimization(name) });
    },
    async optimizeProgram(request) {
      const { preview, floorMs } = request.body;
      const options = {
        ...(typeof preview === 'boolean' && { preview }),
        ...(typeof floorMs === 'number' && { floorMs }),
      };
      const { learning, name } = await learned(request);
      return json(request.c, await learning.optimizeProgram(name, options));
    },
  };
}

/** The program of that name, stored or built in. @throws NOT_FOUND */
export async function programNamed(
  { builtIn }: Pick<ServiceBackend, 'builtIn'>,
  { programs }: Pick<TenantBackend, 'programs'>,
  name: string,
  version?: string,
): Promise<{ readonly program: Program; readonly createdAtMs?: number }> {
  const stored = await programs.get(name, version);
  if (stored !== undefined) return stored;
  const program = await builtIn(name);
  if (program !== undefined && (version === undefined || programDigest(program) === version)) return { program };
  throw new HeddleError({
    code: 'NOT_FOUND',
    message: `there is no program ${name}${version === undefined ? '' : ` in version ${version}`}`,
  });
}

function viewVersion({ name, version, createdAtMs }: { name: string; version: string; createdAtMs: number }) {
  return { name, version, createdAt: new Date(createdAtMs) };
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

function describePlan({ nodes, order, levels, depth, weights }: Plan) {
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
