import type { Backoff, ProgramLimits, ProgramNode, Strategy, Tolerance } from '../program/program.ts';
import { checkProgram } from '../program/validate.ts';
import { Fields } from './fields.ts';
import { describe, Findings, isRecord, type JsonRecord } from './findings.ts';
import type { Format, ReadProgram } from './format.ts';

/** What a configuration leaves open, as DSPex fills it in. */
const defaults = {
  maxConcurrentModules: 10,
  maxExecutionMs: 300_000,
  moduleTimeoutMs: 30_000,
  maxRetries: 3,
} as const;

const configKeys = ['error_handling', 'resource_limits', 'performance_targets', 'program_id'];
const moduleKeys = ['module_id', 'resource_requirements', 'timeout'];
const strategies = ['sequential', 'parallel', 'optimized', 'resource_aware'] as const satisfies readonly Strategy[];

const backoffs = {
  exponential_backoff: 'exponential',
  linear_backoff: 'linear',
  fixed_delay: 'fixed',
  immediate: 'immediate',
  none: 'none',
} as const satisfies { readonly [strategy: string]: Backoff | 'none' };
const retryStrategies = Object.keys(backoffs) as readonly (keyof typeof backoffs)[];

/**
 * Configurations of DSPex's program execution engine as JSON or YAML: `{ modules, dependencies, strategy, error_handling,
 * resource_limits, performance_targets }`. A module becomes a node under its name that runs `module_id`; it gets the inputs merged
 * with what it depends on. A configuration of `modules` and `dependencies` alone is Heddle's short form.
 */
export const dspex: Format = {
  name: 'DSPex',
  looksLike: 'an object with a list of modules and error_handling, resource_limits or module_id',
  recognises: (document) =>
    isRecord(document) &&
    !('heddle' in document) &&
    !isRecord(document.nodes) &&
    Array.isArray(document.modules) &&
    (configKeys.some((key) => key in document) ||
      document.modules.some((module) => isRecord(module) && moduleKeys.some((key) => key in module))),
  read: readDspex,
};

function readDspex(document: unknown, fallback: string): ReadProgram {
  const findings = new Findings();
  const root: JsonRecord = isRecord(document) ? document : {};
  const fields = new Fields(root, '', 'the configuration', findings);
  const policies = nodePolicies(fields.fields('error_handling'));
  const { limits, memoryMbMax, cpuMax } = readLimits(fields.fields('resource_limits'));
  const targets = fields.fields('performance_targets');
  const timeoutMs = targets.number('base_module_timeout', { min: 1 }) ?? defaults.moduleTimeoutMs;
  targets.ignore(
    ['target_execution_time', 'level_timeout_multiplier', 'target_success_rate'],
    'no level waits for another here, and goals are no limits; alerts watch them',
  );
  const nodes = new Map<string, ProgramNode>();
  const paths = new Map<string, string>();
  (Array.isArray(root.modules) ? root.modules : []).forEach((entry: unknown, index) => {
    const path = `modules[${index}]`;
    const spec = typeof entry === 'string' ? { name: entry } : entry;
    if (!isRecord(spec))
      return findings.error({ code: 'BAD_SCHEMA', path, message: `${path} must be a module, not ${describe(entry)}` });
    const module = new Fields(spec, path, path, findings);
    const id = module.requiredText('name');
    if (id === undefined) return;
    if (nodes.has(id))
      findings.error({
        code: 'DUPLICATE_ID',
        path: `${path}.name`,
        message: `two modules have the name ${JSON.stringify(id)}`,
      });
    const resources = readResources(module, { memoryMbMax, cpuMax });
    paths.set(id, path);
    nodes.set(id, {
      module: module.text('module_id') ?? id,
      timeoutMs: module.number('timeout', { min: 1 }) ?? timeoutMs,
      ...(Object.keys(resources).length > 0 && { resources }),
      ...policies,
    });
  });
  if (nodes.size === 0 && findings.errors.length === 0)
    findings.error({ code: 'BAD_SCHEMA', path: 'modules', message: 'a configuration needs at least one module' });
  const needs = readDependencies(fields, nodes, findings);
  const tolerance = readTolerance(fields.fields('error_handling'));
  const strategy = fields.oneOf('strategy', strategies) ?? 'optimized';
  const name = fields.text('program_id') ?? fields.text('name') ?? fallback;
  findings.throwIfAny();
  const program = checkProgram({
    heddle: 1,
    name: name === '' ? fallback : name,
    strategy,
    tolerance,
    limits,
    nodes: Object.fromEntries([...nodes].map(([id, node]) => [id, withNeeds(node, needs.get(id))])),
  });
  return { format: dspex.name, program, timeUnit: 'unit', modules: [], warnings: findings.warnings };
}

function withNeeds(node: ProgramNode, needs: readonly string[] = []): ProgramNode {
  return needs.length === 0 ? node : { ...node, needs };
}

function nodePolicies(errorHandling: Fields): Pick<ProgramNode, 'retry' | 'breaker'> {
  const backoff = backoffs[errorHandling.oneOf('retry_strategy', retryStrategies) ?? 'exponential_backoff'];
  const retries = errorHandling.number('max_retries', { min: 0, max: 999, whole: true }) ?? defaults.maxRetries;
  const breaker = errorHandling.flag('circuit_breaker') ?? true;
  return {
    ...(backoff !== 'none' && retries > 0 && { retry: { attempts: retries + 1, backoff } }),
    ...(breaker && { breaker: {} }),
  };
}

/** `strict`, `tolerant`, or Elixir's `{:threshold, n}` as an object or a pair. */
function readTolerance(errorHandling: Fields): Tolerance {
  const told = errorHandling.value('failure_tolerance');
  if (told === undefined || told === 'strict' || told === 'tolerant') return told ?? 'strict';
  const threshold: unknown = isRecord(told)
    ? told.threshold
    : Array.isArray(told) && told[0] === 'threshold'
      ? told[1]
      : undefined;
  if (typeof threshold === 'number' && Number.isInteger(threshold) && threshold >= 0) return { threshold };
  errorHandling.refuse(
    'failure_tolerance',
    `must have strict, tolerant or { threshold: n } as failure_tolerance, not ${describe(told)}`,
  );
  return 'strict';
}

interface ModuleLimits {
  readonly memoryMbMax: number | undefined;
  readonly cpuMax: number | undefined;
}

function readLimits(fields: Fields): { readonly limits: ProgramLimits } & ModuleLimits {
  const bytes = fields.number('max_memory_per_module', { min: 0 });
  return {
    limits: {
      concurrency: fields.number('max_concurrent_modules', { min: 1, whole: true }) ?? defaults.maxConcurrentModules,
      timeoutMs: fields.number('max_execution_time', { min: 1 }) ?? defaults.maxExecutionMs,
    },
    memoryMbMax: bytes === undefined ? undefined : bytes / 2 ** 20,
    cpuMax: fields.number('max_cpu_per_module', { min: 0 }),
  };
}

/** What a module requires, each at most as much as `resource_limits` gives one module. */
function readResources(module: Fields, { memoryMbMax, cpuMax }: ModuleLimits): { readonly [type: string]: number } {
  const required = module.fields('resource_requirements');
  const most: { readonly [type: string]: number | undefined } = { memory_mb: memoryMbMax, cpu_cores: cpuMax };
  const resources: Record<string, number> = {};
  for (const type of Object.keys(module.record('resource_requirements'))) {
    const amount = required.number(type, { min: 0 });
    if (amount === undefined) continue;
    const limit = most[type] ?? Infinity;
    if (amount > limit) required.refuse(type, `asks for ${amount}, and resource_limits give a module ${limit}`);
    if (amount > 0) resources[type] = amount;
  }
  return resources;
}

function readDependencies(
  fields: Fields,
  nodes: ReadonlyMap<string, ProgramNode>,
  findings: Findings,
): ReadonlyMap<string, readonly string[]> {
  const needs = new Map<string, readonly string[]>();
  const dependencies = fields.fields('dependencies');
  for (const id of Object.keys(fields.record('dependencies'))) {
    const known = (name: string, path: string): boolean => {
      if (nodes.has(name)) return true;
      findings.error({
        code: 'UNKNOWN_NODE',
        path,
        message: `dependencies name ${JSON.stringify(name)}, which is none of the modules`,
      });
      return false;
    };
    if (!known(id, dependencies.at(id))) continue;
    const named = dependencies.texts(id).filter(({ text, path }) => known(text, path));
    needs.set(id, [...new Set(named.map(({ text }) => text))]);
  }
  return needs;
}
