import { DurableObject } from 'cloudflare:workers';
import { migrate } from '../sql/migrations.ts';
import { type SqlDatabase, textOf } from '../sql/sql-database.ts';
import { AlarmClock } from './alarm-clock.ts';
import { type Answer, answer } from './answer.ts';
import { DurableObjectDatabase } from './durable-object-database.ts';
import type { EdgeEnv, ObjectClass } from './edge-env.ts';
import { ExecutionHost, type ExecutionObjectOptions, type Identity } from './execution-host.ts';
import { rootOf } from './object-names.ts';
import type { ShardAnswer } from './shard-runner.ts';

/** Set by the Worker on the way to an object, and only believed there: objects have no other entrance. */
export const identityHeaders = { tenant: 'heddle-tenant', executionId: 'heddle-execution-id' } as const;

/** One object per execution: its journal, its alarm, its engine. */
export function executionObject(options: ExecutionObjectOptions): ObjectClass {
  return class ExecutionObject extends DurableObject<EdgeEnv> {
    readonly #database: SqlDatabase;
    readonly #clock: AlarmClock;
    #host: ExecutionHost | undefined;

    constructor(ctx: DurableObjectState, env: EdgeEnv) {
      super(ctx, env);
      this.#database = new DurableObjectDatabase(ctx.storage);
      this.#clock = new AlarmClock(ctx.storage);
      migrate(this.#database);
      const identity = readIdentity(this.#database);
      if (identity === undefined) return;
      const host = this.#open(identity);
      ctx.blockConcurrencyWhile(() => host.resume());
    }

    override fetch(request: Request): Promise<Response> {
      const tenant = request.headers.get(identityHeaders.tenant) ?? '';
      const root = rootOf(request.headers.get(identityHeaders.executionId) ?? '');
      return this.#open({ tenant, root }).fetch(request);
    }

    override async alarm(): Promise<void> {
      this.#clock.alarmed();
      await this.#host?.resume();
    }

    override webSocketMessage(): void {
      // Who monitors only listens; without this method the object would be said to be broken.
    }

    override webSocketClose(socket: WebSocket): void {
      socket.close();
    }

    revive(): Promise<Answer<boolean>> {
      return answer(async () => {
        if (this.#host === undefined || !this.#host.isKnown) return false;
        await this.#host.resume();
        return true;
      });
    }

    async settle(call: string, settled: ShardAnswer): Promise<void> {
      this.#host?.settleQueued(call, settled);
    }

    #open(identity: Identity): ExecutionHost {
      if (this.#host !== undefined) return this.#host;
      writeIdentity(this.#database, identity);
      const platform = {
        env: this.env,
        database: this.#database,
        clock: this.#clock,
        sockets: this.ctx,
        sync: () => this.ctx.storage.sync(),
      };
      this.#host = new ExecutionHost(options, identity, platform);
      return this.#host;
    }
  };
}

/** An alarm comes without a name, so the object keeps its own. */
function readIdentity(database: SqlDatabase): Identity | undefined {
  database.exec('CREATE TABLE IF NOT EXISTS identity (tenant TEXT NOT NULL, root TEXT PRIMARY KEY) WITHOUT ROWID');
  const [row] = database.exec('SELECT * FROM identity');
  return row === undefined ? undefined : { tenant: textOf(row, 'tenant'), root: textOf(row, 'root') };
}

function writeIdentity(database: SqlDatabase, { tenant, root }: Identity): void {
  database.exec('INSERT OR IGNORE INTO identity VALUES (?, ?)', tenant, root);
}
