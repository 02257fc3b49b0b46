import { DurableObject } from 'cloudflare:workers';
import type { ModuleRegistry } from '../../host/registry.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
import type { ModuleCall } from '../../ports/module-runner.ts';
import type { EdgeEnv, ObjectClass } from './edge-env.ts';
import { LocalShard } from './shard.ts';
import type { Told } from './shard-protocol.ts';

/** Where CPU-bound and queued modules run. */
export function runnerObject(modules: ModuleRegistry, secrets?: (env: EdgeEnv) => SecretVault): ObjectClass {
  return class RunnerObject extends DurableObject<EdgeEnv> {
    readonly #shard = new LocalShard(modules, secrets?.(this.env));

    run(calls: readonly ModuleCall[], hear: (told: readonly Told[]) => unknown) {
      return this.#shard.run(calls, hear);
    }

    abort(call: string) {
      return this.#shard.abort(call);
    }
  };
}
