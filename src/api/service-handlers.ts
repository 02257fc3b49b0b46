import { HeddleError } from '../errors.ts';
import type { AlertCondition } from '../observe/alerts.ts';
import { prometheusContentType } from '../observe/prometheus.ts';
import type { StoredStatus } from '../ports/journal-store.ts';
import { addAlert, listAlerts, removeAlert } from './alerts.ts';
import type { ServiceBackend } from './backend.ts';
import { docsPage } from './docs-page.ts';
import { json } from './json.ts';
import { metricsText } from './metrics-text.ts';
import { openApiOf } from './openapi.ts';
import type { TenantOf } from './program-handlers.ts';
import type { Handlers } from './route.ts';
import { routes } from './routes.ts';

/** What the service says about itself. */
export function serviceHandlers({ checks = {} }: Pick<ServiceBackend, 'checks'>): Handlers {
  return {
    getHealth: ({ c }) => c.json({ status: 'healthy' }),
    async getReady({ c }) {
      const told: Record<string, { status: string }> = {};
      for (const [name, check] of Object.entries(checks)) {
        // Why it fails is for the log: this is open to everybody.
        told[name] = await Promise.resolve()
          .then(check)
          .then(
            () => ({ status: 'healthy' }),
            () => ({ status: 'degraded' }),
          );
      }
      const isReady = Object.values(told).every(({ status }) => status === 'healthy');
      return c.json({ status: isReady ? 'healthy' : 'degraded', checks: told }, isReady ? 200 : 503);
    },
    getOpenApi: ({ c }) => c.json(openApiOf(routes)),
    getDocs: () => docsPage(routes),
  };
}

/** Lists, alerts, metrics and resources of a tenant. */
export function tenantHandlers(tenantOf: TenantOf, now: () => number): Handlers {
  return {
    async listExecutions(request) {
      const { program, status, limit, cursor } = request.query;
      const size = Number(limit ?? 100);
      const items = await tenantOf(request).list({
        limit: size,
        ...(program !== undefined && { programName: program }),
        ...(status !== undefined && { status: status.split(',') as StoredStatus[] }),
        ...(cursor !== undefined && { before: cursor }),
      });
      const next = items.length === size ? items.at(-1)?.executionId : undefined;
      return request.c.json({
        items: items.map(({ createdAtMs, updatedAtMs, ...rest }) => ({
          ...rest,
          createdAt: new Date(createdAtMs),
          updatedAt: new Date(updatedAtMs),
        })),
        ...(next !== undefined && { next }),
      });
    },
    async getMetrics(request) {
      return request.c.body(await metricsText(tenantOf(request)), 200, { 'content-type': prometheusContentType });
    },
    listResources: (request) => json(request.c, { ...tenantOf(request).resources?.getResourceUtilization() }),
    async listAlerts(request) {
      return json(request.c, { items: await listAlerts(tenantOf(request).records) });
    },
    async createAlert(request) {
      const id = request.newId.replace(/^ex_/, 'al_');
      const condition = request.body as unknown as AlertCondition;
      await addAlert(tenantOf(request).records, id, condition);
      const alert = { id, condition, fired: [], createdAt: new Date(now()) };
      return json(request.c, alert, 201, { location: `/v1/alerts/${id}` });
    },
    async deleteAlert(request) {
      const { id = '' } = request.params;
      if (await removeAlert(tenantOf(request).records, id)) return request.c.body(null, 204);
      throw new HeddleError({ code: 'NOT_FOUND', message: `there is no alert ${id}` });
    },
  };
}
