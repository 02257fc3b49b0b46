import { prometheusText } from '../observe/prometheus.ts';
import { ExecutionStatus } from '../observe/status.ts';
import type { TenantBackend } from './backend.ts';

const countedMax = 1000;

/** How many executions a tenant has in each status, and whatever its backend tells beyond. */
export async function metricsText({ list, metrics }: Pick<TenantBackend, 'list' | 'metrics'>): Promise<string> {
  const counted = await Promise.all(
    Object.values(ExecutionStatus).map(async (status) => ({
      labels: { status },
      value: (await list({ status: [status], limit: countedMax })).length,
    })),
  );
  const help = `Executions that are stored, by status; ${countedMax} stands for as many or more.`;
  const stored = prometheusText([{ name: 'heddle_executions_stored', help, type: 'gauge', samples: counted }]);
  return stored + ((await metrics?.()) ?? '');
}
