import type { TimeUnit } from '../formats/format.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import { trialsWithin } from '../plan/schedule.ts';
import { searchSchedule } from '../plan/search-schedule.ts';
import { limits } from '../program/limits.ts';
import type { Strategy } from '../program/program.ts';
import { kernelNames, kernelOf } from './kernel.ts';
import { durationsByIndex, loadProgram } from './load-program.ts';
import { length } from './output.ts';
import { type Arguments, exitStatus, type Verb, type VerbContext } from './verb.ts';

const workersMax = 100_000;
const searchMsDefault = 100;

export const planVerb: Verb = {
  name: 'plan',
  operands: 'FILE',
  operandsMin: 1,
  operandsMax: 1,
  summary:
    'Plans a program: levels, width, critical path and strategy, in the unit of the file, or by 1 a node where it has no durations.',
  options: {
    workers: { value: 'M', help: 'also look for an order that ends sooner on so many workers, and tell what won' },
    'search-ms': { value: 'MS', help: `for how long, default ${searchMsDefault}` },
    kernel: { value: kernelNames.join('|'), help: 'what computes it, default wasm; both give the same answers' },
  },
  run: runPlan,
};

/** What `plan` prints; lengths in the unit of the file. */
interface PlanReport {
  readonly nodes: number;
  readonly edges: number;
  readonly depth: number;
  readonly strategy: Strategy;
  readonly strategyReason: string;
  /** Nodes on the widest level. */
  readonly width: number;
  readonly roots: number;
  readonly sinks: number;
  readonly criticalPath: { readonly length: number; readonly nodes: readonly string[] };
  /** Sum of all durations. */
  readonly total: number;
  /** Ids by level. */
  readonly levels: readonly (readonly string[])[];
  /** With `--workers`. */
  readonly schedule?: ScheduleReport;
}

/** What a search found. */
interface ScheduleReport {
  readonly workers: number;
  readonly makespan: number;
  /** Of the longest way to the end first. */
  readonly plainMakespan: number;
  /** No schedule is shorter: the larger of critical path and total / workers. */
  readonly lowerBound: number;
  readonly trials: number;
  /** What the best schedule goes by. */
  readonly rule: string;
  readonly reason: string;
}

async function runPlan(args: Arguments, { output }: VerbContext): Promise<number> {
  const kernel = await kernelOf(args.oneOf('kernel', kernelNames) ?? 'wasm');
  const read = await loadProgram(args.operand(0), output);
  const durations = durationsByIndex(read);
  const workers = args.count('workers', workersMax);
  const searchMs = args.amount('search-ms', limits.searchBudgetMsMax) ?? searchMsDefault;
  const plan = createPlan(read.program, kernel, durations);
  const schedule = workers === undefined ? {} : { schedule: searched(plan, workers, searchMs) };
  const report: PlanReport = { ...reportOf(plan, durations), ...schedule };
  if (output.json) output.document(report);
  else print(`${read.program.name} (${read.format})`, report, read.timeUnit, output);
  return exitStatus.success;
}

function reportOf(
  { nodes, dependencies, dependents, levels, order, depth, weights, strategy }: Plan,
  durations: Float64Array | undefined,
): PlanReport {
  const idAt = (index: number) => nodes[index]?.id ?? '';
  const byLevel: string[][] = Array.from({ length: depth }, () => []);
  for (const index of order) byLevel[levels[index] ?? 0]?.push(idAt(index));
  const empty = (lists: readonly (readonly number[])[]) => lists.filter((list) => list.length === 0).length;
  return {
    nodes: nodes.length,
    edges: dependencies.reduce((count, list) => count + list.length, 0),
    depth,
    strategy: strategy.strategy,
    strategyReason: strategy.reason,
    width: byLevel.reduce((width, ids) => Math.max(width, ids.length), 0),
    roots: empty(dependencies),
    sinks: empty(dependents),
    criticalPath: { length: weights.makespan, nodes: Array.from(weights.path, idAt) },
    total: durations?.reduce((sum, duration) => sum + duration, 0) ?? nodes.length,
    levels: byLevel,
  };
}

function searched(plan: Plan, workers: number, searchMs: number): ScheduleReport {
  const trials = Math.max(1, trialsWithin(plan, searchMs));
  const { ranking: _, ...found } = searchSchedule(plan, { slots: workers, trials });
  return { workers, ...found };
}

const idsShownMax = 4;

function print(title: string, report: PlanReport, unit: TimeUnit, output: VerbContext['output']): void {
  const { nodes, edges, depth, width, roots, sinks, criticalPath, total, levels, strategy, strategyReason } = report;
  const few = (ids: readonly string[], arrow: string) =>
    ids.slice(0, idsShownMax).join(arrow) +
    (ids.length > idsShownMax ? `${arrow}and ${ids.length - idsShownMax} more` : '');
  output.line(title);
  output.table(
    ['nodes', 'edges', 'depth', 'width', 'roots', 'sinks', 'critical path', 'total', 'strategy'],
    [[nodes, edges, depth, width, roots, sinks, length(criticalPath.length, unit), length(total, unit), strategy]],
  );
  output.line();
  output.line(`strategy: ${strategy}. ${strategyReason}`);
  output.line(`critical path: ${few(criticalPath.nodes, ' → ')}`);
  if (report.schedule !== undefined) {
    const { workers, makespan, plainMakespan, reason } = report.schedule;
    output.line(
      `on ${workers} workers: ${length(makespan, unit)}, the longest way first ${length(plainMakespan, unit)}; ${reason}`,
    );
  }
  output.line();
  output.table(
    ['level', 'nodes', 'ids'],
    levels.map((ids, level) => [level, ids.length, few(ids, ', ')]),
  );
}
