import { DurableObject } from 'cloudflare:workers';
import type { ModuleRegistry } from '../../host/registry.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
import type { ModuleCall } from '../../ports/module-runner.ts';
import type { EdgeEnv, ObjectClass } from './edge-env.ts';
import type { ExecutionService, RunnerService } from './object-services.ts';
import { LocalShard } from './shard.ts';
import type { Listener } from './shard-protocol.ts';
import { type Sharding, TenantObjects } from './tenant-objects.ts';

/** Where CPU-bound and queued modules run. */
export function runnerObject(
  modules: ModuleRegistry,
  sharding: Sharding,
  secrets?: (env: EdgeEnv) => SecretVault,
): ObjectClass {
  return class RunnerObject extends DurableObject<EdgeEnv> implements RunnerService {
    readonly #shard = new LocalShard(modules, secrets?.(this.env));

    run(calls: readonly ModuleCall[], listener?: Listener) {
      // One stub for all that is said, so that it is heard in its order.
      let execution: ExecutionService | undefined;
      return this.#shard.run(calls, (told) => {
        if (listener === undefined) return;
        const { tenant, root, batch } = listener;
        execution ??= new TenantObjects(this.env, tenant, sharding).execution(root);
        return execution.heard(batch, told);
      });
    }

    abort(call: string) {
      return this.#shard.abort(call);
    }
  };
}
