import type { ExecutionEngine } from '../host/execution-engine.ts';
import { prometheusText } from '../observe/prometheus.ts';
import { ExecutionStatus } from '../observe/status.ts';
import type { Backend } from './backend.ts';

const countedMax = 1000;

/** Metrics of an engine that keeps some of its own, and how many executions there are in each status otherwise. */
export async function metricsText(engine: ExecutionEngine, list: Backend['list']): Promise<string> {
  const own = engine as ExecutionEngine & { metrics?: () => string | Promise<string> };
  const counted = await Promise.all(
    Object.values(ExecutionStatus).map(async (status) => ({
      labels: { status },
      value: (await list({ status: [status], limit: countedMax })).length,
    })),
  );
  const help = `Executions that are stored, by status; ${countedMax} stands for as many or more.`;
  const text = prometheusText([{ name: 'heddle_executions', help, type: 'gauge', samples: counted }]);
  return typeof own.metrics === 'function' ? `${text}${await own.metrics()}` : text;
}
