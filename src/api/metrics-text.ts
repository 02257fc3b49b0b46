import { prometheusText } from '../observe/prometheus.ts';
import { ExecutionStatus } from '../observe/status.ts';
import type { TenantBackend } from './backend.ts';

const countedMax = 1000;

/** How many executions a tenant has in each status. */
export async function metricsText({ list }: Pick<TenantBackend, 'list'>): Promise<string> {
  const counted = await Promise.all(
    Object.values(ExecutionStatus).map(async (status) => ({
      labels: { status },
      value: (await list({ status: [status], limit: countedMax })).length,
    })),
  );
  const help = `Executions that are stored, by status; ${countedMax} stands for as many or more.`;
  return prometheusText([{ name: 'heddle_executions', help, type: 'gauge', samples: counted }]);
}
