import type { ListFilter } from '../../ports/journal-store.ts';
import { textOf } from '../sql/sql-database.ts';
import { answer, ask } from './answer.ts';
import { Catalogue, type Notice } from './catalogue.ts';
import type { EdgeEnv, ObjectClass } from './edge-env.ts';
import { directoryName } from './object-names.ts';
import type { CatalogueService } from './object-services.ts';
import { RecordsObject } from './records-object.ts';
import { type Sharding, TenantObjects } from './tenant-objects.ts';

/**
 * The catalogue of a tenant; and, under a name of its own, the directory of all tenants, for the sweep.
 * @param alerts scope of the records that are alert rules
 */
export function catalogueObject(sharding: Sharding, alerts: string): ObjectClass {
  return class CatalogueObject extends RecordsObject implements CatalogueService {
    readonly #catalogue: Catalogue;
    /** The directory knows of its tenant. */
    #isIntroduced = false;
    #alarmAtMs: number | undefined;

    constructor(ctx: DurableObjectState, env: EdgeEnv) {
      super(ctx, env);
      this.#catalogue = new Catalogue(this.database);
      this.database.exec('CREATE TABLE IF NOT EXISTS tenants (tenant TEXT PRIMARY KEY) WITHOUT ROWID');
    }

    note(tenant: string, notice: Notice) {
      return answer(async () => {
        await this.#introduce(tenant);
        this.#catalogue.note(notice);
        this.#arm();
        return this.database.exec('SELECT 1 FROM records WHERE scope = ? LIMIT 1', alerts).length > 0;
      });
    }

    sweep(nowMs: number) {
      return answer(async () => {
        const [tenant] = this.#tenants();
        if (tenant === undefined) return 0;
        const objects = new TenantObjects(this.env, tenant, sharding);
        const roots = this.#catalogue.overdue(nowMs);
        const woken = roots.map(async (root) => {
          const known = await ask('an execution could not be woken', () => objects.execution(root).revive());
          if (!known) this.#catalogue.forget(root);
        });
        // Who could not be woken is overdue again soon.
        await Promise.allSettled(woken);
        this.#arm();
        return roots.length;
      });
    }

    override async alarm(): Promise<void> {
      this.#alarmAtMs = undefined;
      await this.sweep(Date.now());
      this.#arm();
    }

    promises(nowMs: number) {
      return answer(() => this.#catalogue.promises(nowMs));
    }

    addTenant(tenant: string) {
      return answer(() => this.#keepTenant(tenant));
    }

    tenants() {
      return answer(() => this.#tenants());
    }

    listExecutions(filter: ListFilter) {
      return answer(() => this.#catalogue.list(filter));
    }

    forgetExecutions(executionIds: readonly string[]) {
      return answer(() => this.#catalogue.index.forget(executionIds));
    }

    /** Its first execution makes a tenant known to the directory, before anything depends on it. */
    async #introduce(tenant: string): Promise<void> {
      this.#isIntroduced ||= this.#tenants().length > 0;
      if (this.#isIntroduced) return;
      const { CATALOGUES } = this.env;
      const directory = CATALOGUES.get(CATALOGUES.idFromName(directoryName)) as unknown as CatalogueService;
      await ask('the directory of tenants could not be told', () => directory.addTenant(tenant));
      this.#keepTenant(tenant);
    }

    #tenants(): readonly string[] {
      return this.database.exec('SELECT tenant FROM tenants ORDER BY tenant').map((row) => textOf(row, 'tenant'));
    }

    #keepTenant(tenant: string): void {
      this.database.exec('INSERT OR IGNORE INTO tenants VALUES (?)', tenant);
    }

    /** The alarm for whoever is overdue next; one that comes sooner arms it then. */
    #arm(): void {
      const soonestMs = this.#catalogue.soonestMs();
      if (soonestMs === undefined) return;
      if (this.#alarmAtMs !== undefined && this.#alarmAtMs <= soonestMs) return;
      this.#alarmAtMs = Math.max(soonestMs, Date.now() + 1_000);
      void this.ctx.storage.setAlarm(this.#alarmAtMs);
    }
  };
}

/** Wakes the overdue executions of all tenants: what a Worker's cron does. @returns how many those were */
export async function sweepAll(env: EdgeEnv, sharding: Sharding, nowMs: number): Promise<number> {
  const { CATALOGUES } = env;
  const directory = CATALOGUES.get(CATALOGUES.idFromName(directoryName)) as unknown as CatalogueService;
  const tenants = await ask('the directory of tenants could not be asked', () => directory.tenants());
  const swept = await Promise.allSettled(
    tenants.map((tenant) =>
      ask('a catalogue could not be swept', () => new TenantObjects(env, tenant, sharding).catalogue.sweep(nowMs)),
    ),
  );
  return swept.reduce((sum, outcome) => sum + (outcome.status === 'fulfilled' ? outcome.value : 0), 0);
}
