import { HeddleError } from '../errors.ts';
import { type AnyModule, ModuleRegistry } from '../host/registry.ts';
import { isStandard } from '../host/run-module.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import { programDigest } from '../program/digest.ts';
import type { Program } from '../program/program.ts';
import { checkProgram } from '../program/validate.ts';
import type { Backend } from './backend.ts';
import type { ApiRequest, Handlers } from './route.ts';

const pageDefault = 100;

/** What is known about programs and modules. */
export function programHandlers(backend: Omit<Backend, 'list'>): Handlers {
  const { modules, kernel, programs, engine, now } = backend;
  const registry = new ModuleRegistry(modules);
  const planned = (program: Program) => ({
    name: program.name,
    version: programDigest(program),
    plan: describePlan(createPlan(program, kernel)),
  });
  const checked = ({ body }: ApiRequest): Program => checkProgram(body.program ?? body, { modules: registry });
  const known = async ({ params: { name = '' } }: ApiRequest): Promise<string> => {
    await programNamed(backend, name);
    return name;
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
      const { isNew } = await programs.put(program, now());
      return request.c.json(answer, isNew ? 201 : 200);
    },
    async listPrograms({ c, query: { limit, cursor } }) {
      const size = Number(limit ?? pageDefault);
      const items = await programs.list(size, cursor);
      const next = items.length === size ? items.at(-1)?.name : undefined;
      return c.json({ items: items.map(viewVersion), ...(next !== undefined && { next }) });
    },
    async getProgram({ c, params: { name = '' }, query: { version } }) {
      const { program, createdAtMs } = await programNamed(backend, name, version);
      const at = createdAtMs === undefined ? {} : { createdAt: new Date(createdAtMs) };
      return c.json({ name, version: programDigest(program), ...at, program });
    },
    async listProgramVersions({ c, params: { name = '' } }) {
      const { program } = await programNamed(backend, name);
      const stored = await programs.versions(name);
      const items = stored.length > 0 ? stored.map(viewVersion) : [{ name, version: programDigest(program) }];
      return c.json({ items });
    },
    async deleteProgram({ c, params: { name = '' } }) {
      await programs.delete(name);
      return c.body(null, 204);
    },
    async getProgramHistory(request) {
      return request.c.json({ items: await engine.history(await known(request)) });
    },
    async getProgramProfile(request) {
      return request.c.json(await engine.profile(await known(request)));
    },
    async optimizeProgram(request) {
      const { preview, floorMs } = request.body;
      const options = {
        ...(typeof preview === 'boolean' && { preview }),
        ...(typeof floorMs === 'number' && { floorMs }),
      };
      return request.c.json(await engine.optimizeProgram(await known(request), options));
    },
  };
}

/** The program of that name, stored or built in. @throws NOT_FOUND */
export async function programNamed(
  { programs, builtIn }: Pick<Backend, 'programs' | 'builtIn'>,
  name: string,
  version?: string,
): Promise<{ readonly program: Program; readonly createdAtMs?: number }> {
  const stored = await programs.get(name, version);
  if (stored !== undefined) return stored;
  const program = builtIn(name);
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
