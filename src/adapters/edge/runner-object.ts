import { DurableObject } from 'cloudflare:workers';
import type { ModuleRegistry } from '../../host/registry.ts';
import type { SecretVault } from '../../host/run/secrecy.ts';
import type { ModuleCall } from '../../ports/module-runner.ts';
import type { EdgeEnv, ObjectClass } from './edge-env.ts';
import { LocalShard } from './shard.ts';
import type { Said } from './shard-runner.ts';

/** Where CPU-bound and queued modules run. */
export function runnerObject(modules: ModuleRegistry, secrets?: (env: EdgeEnv) => SecretVault): ObjectClass {
  return class RunnerObject extends DurableObject<EdgeEnv> {
    readonly #shard = new LocalShard(modules, secrets?.(this.env));

    run(call: ModuleCall, hear: (said: Said) => unknown) {
      return this.#shard.run(call, hear);
    }

    abort(call: string) {
      return this.#shard.abort(call);
    }
  };
}
