import { HeddleError } from '../errors.ts';
import type { AlertCondition } from '../observe/alerts.ts';
import { prometheusContentType } from '../observe/prometheus.ts';
import type { AlertDesk } from './alert-desk.ts';
import type { Backend } from './backend.ts';
import { docsPage } from './docs-page.ts';
import { metricsText } from './metrics-text.ts';
import { openApiOf } from './openapi.ts';
import type { Handlers } from './route.ts';
import { routes } from './routes.ts';

/** What the service says about itself. */
export function serviceHandlers(): Handlers {
  return {
    getHealth: ({ c }) => c.json({ status: 'healthy' }),
    getOpenApi: ({ c }) => c.json(openApiOf(routes)),
    getDocs: () => docsPage(routes),
  };
}

/** A dependency that answers, or why it does not. */
export type Check = () => Promise<unknown>;

export function readinessHandler(checks: { readonly [name: string]: Check }): Handlers {
  return {
    async getReady({ c }) {
      const told: Record<string, { status: string }> = {};
      for (const [name, check] of Object.entries(checks)) {
        // Why it fails is for the log: this is open to everybody.
        told[name] = await check().then(
          () => ({ status: 'healthy' }),
          () => ({ status: 'degraded' }),
        );
      }
      const isReady = Object.values(told).every(({ status }) => status === 'healthy');
      return c.json({ status: isReady ? 'healthy' : 'degraded', checks: told }, isReady ? 200 : 503);
    },
  };
}

/** Lists, alerts, metrics and resources of a tenant. */
export function tenantHandlers({ list, engine, resources, now }: Backend, alerts: AlertDesk): Handlers {
  return {
    async listExecutions({ c, query: { program, status, limit, cursor } }) {
      const size = Number(limit ?? 100);
      const items = await list({
        limit: size,
        ...(program !== undefined && { programName: program }),
        ...(status !== undefined && { status: [status as 'RUNNING'] }),
        ...(cursor !== undefined && { before: cursor }),
      });
      const next = items.length === size ? items.at(-1)?.executionId : undefined;
      return c.json({
        items: items.map(({ createdAtMs, updatedAtMs, ...rest }) => ({
          ...rest,
          createdAt: new Date(createdAtMs),
          updatedAt: new Date(updatedAtMs),
        })),
        ...(next !== undefined && { next }),
      });
    },
    async getMetrics({ c }) {
      return c.body(await metricsText(engine, list), 200, { 'content-type': prometheusContentType });
    },
    listResources: ({ c }) => c.json({ ...resources?.getResourceUtilization() }),
    async listAlerts({ c }) {
      return c.json({ items: await alerts.list() });
    },
    async createAlert({ c, body, newId }) {
      const id = newId.replace(/^ex_/, 'al_');
      const condition = body as unknown as AlertCondition;
      await alerts.add(id, condition);
      return c.json({ id, condition, fired: [], createdAt: new Date(now()) }, 201, { location: `/v1/alerts/${id}` });
    },
    async deleteAlert({ c, params: { id = '' } }) {
      if (await alerts.remove(id)) return c.body(null, 204);
      throw new HeddleError({ code: 'NOT_FOUND', message: `there is no alert ${id}` });
    },
  };
}
