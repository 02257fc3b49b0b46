import { strategies } from '../plan/strategy.ts';
import { limits } from '../program/limits.ts';
import type { Strategy } from '../program/program.ts';
import { kernelOf } from './kernel.ts';
import { durationsByIndex, loadProgram } from './load-program.ts';
import { length } from './output.ts';
import { type SimulationReport, simulate } from './simulation.ts';
import { type Arguments, exitStatus, UsageError, type Verb, type VerbContext } from './verb.ts';

const workersMax = 100_000;
const searchMsDefault = 100;

export const simulateVerb: Verb = {
  name: 'simulate',
  operands: 'FILE',
  operandsMin: 1,
  operandsMax: 1,
  summary:
    'Runs a program in virtual time on M workers, with the machine and the scheduler of a real run; the durations are the file’s, or 1.',
  options: {
    workers: { value: 'M', help: 'how many tasks run at once' },
    strategy: {
      value: 'S',
      help: `the order of ready tasks: ${Object.keys(strategies).join(', ')} (default: the program's, else the one that fits it)`,
    },
    'search-ms': {
      value: 'MS',
      help: `search so long for an order that ends sooner, default ${searchMsDefault}; 0: the order of the strategy as it is`,
    },
    journal: { value: 'DIR', help: 'keep the state in DIR; a second call finishes only what is left' },
    'stop-after': { value: 'N', help: 'stop as if killed when N tasks have finished in this call' },
  },
  run: runSimulate,
};

async function runSimulate(args: Arguments, { output, signal }: VerbContext): Promise<number> {
  const workers = args.count('workers', workersMax);
  if (workers === undefined) throw new UsageError('simulate needs --workers M');
  const strategy = args.oneOf<Strategy>('strategy', Object.keys(strategies) as Strategy[]);
  const tasksMax = args.count('stop-after', Number.MAX_SAFE_INTEGER);
  const journal = args.text('journal');
  const read = await loadProgram(args.operand(0), output);
  const durations = durationsByIndex(read);
  const report = await simulate(read.program, {
    kernel: await kernelOf('wasm'),
    workers,
    searchBudgetMs: args.amount('search-ms', limits.searchBudgetMsMax) ?? searchMsDefault,
    msPerUnit: read.timeUnit === 'ms' ? 1 : 1000,
    signal,
    progress: (done, total) => output.progress(done / total, `${done} of ${total} tasks`),
    ...(durations !== undefined && { durations }),
    ...(strategy !== undefined && { strategy }),
    ...(tasksMax !== undefined && { tasksMax }),
    ...(journal !== undefined && { journal }),
  });
  if (output.json) output.document(report);
  else print(report, read.timeUnit, args, output);
  if (signal.aborted) return exitStatus.interrupted;
  return report.status === 'FAILED' ? exitStatus.problem : exitStatus.success;
}

function print(
  report: SimulationReport,
  unit: 's' | 'ms' | 'unit',
  args: Arguments,
  output: VerbContext['output'],
): void {
  const { makespan, lowerBound, events, tasksExecuted, status } = report;
  const rows = events.map(({ id, start, end, worker }) => [id, worker, start, end]);
  output.table(['task', 'worker', 'start', 'end'], rows);
  output.line();
  const workers = args.text('workers') ?? '';
  output.line(
    `${status}: ${tasksExecuted} tasks on ${workers} workers until ${length(makespan, unit)}; none could finish all before ${length(lowerBound, unit)}`,
  );
}
