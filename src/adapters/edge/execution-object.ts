import { DurableObject } from 'cloudflare:workers';
import { HeddleError, isHeddleError } from '../../errors.ts';
import type { ProgramStatus } from '../../host/view/program-status.ts';
import type { ExecutionHeader } from '../../ports/journal-store.ts';
import { CryptoRandom } from '../memory/crypto-random.ts';
import { migrate, newSchema } from '../sql/migrations.ts';
import { type Hash, runScript, type SqlDatabase, textOf } from '../sql/sql-database.ts';
import { AlarmClock } from './alarm-clock.ts';
import { type Answer, answer } from './answer.ts';
import { bootsSchema } from './boot-guard.ts';
import { DeferredDatabase } from './deferred-database.ts';
import { DurableObjectDatabase } from './durable-object-database.ts';
import type { EdgeEnv, ObjectClass } from './edge-env.ts';
import { ExecutionHost, type ExecutionObjectOptions } from './execution-host.ts';
import type { Identity } from './identity.ts';
import { platformHash } from './platform-hash.ts';
import { reportsSchema } from './reports.ts';
import type { CallAnswer, Told } from './shard-protocol.ts';

/** Set by the Worker on the way to an object, and only believed there: objects have no other entrance. */
const identityHeaders = { tenant: 'heddle-tenant', root: 'heddle-root' } as const;

/**
 * A request on its way to the object of an execution, which learns from it who it is.
 * @param request made for this; it is changed
 */
export function toExecution(request: Request, { tenant, root }: Identity): Request {
  request.headers.set(identityHeaders.tenant, tenant);
  request.headers.set(identityHeaders.root, encodeURIComponent(root));
  return request;
}

/** One object per execution: its journal, its alarm, its engine. */
export function executionObject(options: ExecutionObjectOptions): ObjectClass {
  // Asked for by the first object of an isolate, for all of them.
  let hash: Hash | null = null;
  const random = new CryptoRandom();
  return class ExecutionObject extends DurableObject<EdgeEnv> {
    readonly #database: SqlDatabase;
    readonly #clock: AlarmClock;
    #host: ExecutionHost | undefined;
    /** Requests that are being answered. */
    #asked = 0;

    constructor(ctx: DurableObjectState, env: EdgeEnv) {
      super(ctx, env);
      hash ??= platformHash();
      this.#database = new DurableObjectDatabase(ctx.storage, hash);
      this.#clock = new AlarmClock(ctx.storage);
      const identity = readIdentity(this.#database);
      if (identity === undefined) return;
      bringUpToDate(this.#database);
      const host = this.#open(identity, true);
      ctx.blockConcurrencyWhile(() => host.resume());
    }

    /** Who asks for what is not there leaves nothing behind. */
    override async fetch(request: Request): Promise<Response> {
      const { begins, refuse } = options.api;
      this.#asked++;
      try {
        if (this.#host === undefined && !begins(request)) throw noSuchExecution();
        const tenant = request.headers.get(identityHeaders.tenant) ?? '';
        const root = decodeURIComponent(request.headers.get(identityHeaders.root) ?? '');
        return await this.#open({ tenant, root }, false).fetch(request);
      } catch (thrown) {
        if (isHeddleError(thrown)) return await refuse(request, thrown);
        throw thrown;
      } finally {
        this.#asked--;
        await this.#clear();
      }
    }

    override async alarm(): Promise<void> {
      this.#clock.alarmed();
      await this.#host?.resume();
      await this.#clear();
    }

    override webSocketMessage(): void {
      // Who monitors only listens; without this method the object would be said to be broken.
    }

    /** The other end waits for its goodbye to be answered. */
    override webSocketClose(socket: WebSocket, code: number): void {
      socket.close(code === 1005 || code === 1006 ? 1000 : code);
    }

    revive(): Promise<Answer<boolean>> {
      return answer(async () => {
        if (this.#host === undefined || !this.#host.isKnown) return false;
        await this.#host.resume();
        return true;
      });
    }

    programStatus(programName: string): Promise<Answer<ProgramStatus>> {
      return answer(() => this.#known().engine.getExecutionStatus(programName));
    }

    header(executionId: string): Promise<Answer<ExecutionHeader | undefined>> {
      return answer(() => this.#known().header(executionId));
    }

    async settle(call: string, settled: CallAnswer): Promise<void> {
      this.#host?.settleQueued(call, settled);
    }

    async heard(batch: string, told: readonly Told[]): Promise<void> {
      this.#host?.listening.heard(batch, told);
    }

    /** @throws NOT_FOUND */
    #known(): ExecutionHost {
      if (this.#host !== undefined) return this.#host;
      throw noSuchExecution();
    }

    /** An object whose execution was refused or deleted is as if it had never been. */
    async #clear(): Promise<void> {
      if (this.#asked > 0 || this.#host === undefined || this.#host.isKnown) return;
      this.#host.close();
      this.#host = undefined;
      this.#clock.rest();
      await this.ctx.storage.deleteAll();
    }

    /** @param isStored whether an earlier life of the object has begun to store something */
    #open(identity: Identity, isStored: boolean): ExecutionHost {
      if (this.#host !== undefined) return this.#host;
      const platform = {
        env: this.env,
        database: new DeferredDatabase(this.#database, isStored, (database) => begin(database, identity)),
        ...{ clock: this.#clock, random },
        sync: () => this.ctx.storage.sync(),
        sockets: this.ctx,
      };
      this.#host = new ExecutionHost(options, identity, platform);
      return this.#host;
    }
  };
}

/** The schema of an object that has stored nothing yet, and whose it is. */
function begin(database: SqlDatabase, { tenant, root }: Identity): void {
  database.transaction(() => {
    runScript(database, newSchema(ownSchema));
    database.exec('INSERT INTO identity VALUES (?, ?)', tenant, root);
  });
}

/** The schema of an object that earlier versions may have made. */
function bringUpToDate(database: SqlDatabase): void {
  migrate(database);
  runScript(database, ownSchema);
}

/** An alarm comes without a name, so the object keeps its own. */
function readIdentity(database: SqlDatabase): Identity | undefined {
  const [table] = database.exec("SELECT 1 FROM sqlite_master WHERE name = 'identity'");
  const [row] = table === undefined ? [] : database.exec('SELECT * FROM identity');
  return row === undefined ? undefined : { tenant: textOf(row, 'tenant'), root: textOf(row, 'root') };
}

const ownSchema: readonly string[] = [
  'CREATE TABLE IF NOT EXISTS identity (tenant TEXT NOT NULL, root TEXT PRIMARY KEY) WITHOUT ROWID',
  ...bootsSchema,
  ...reportsSchema,
];

function noSuchExecution(): HeddleError {
  return new HeddleError({
    code: 'NOT_FOUND',
    message: 'there is no such execution',
    hint: 'it may have been deleted',
  });
}
