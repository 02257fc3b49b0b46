import { LocalShard } from '../../src/adapters/edge/shard.ts';
import { ShardRunner } from '../../src/adapters/edge/shard-runner.ts';
import { InlineRunner } from '../../src/adapters/memory/inline-runner.ts';
import { LocalLeaseKeeper } from '../../src/adapters/memory/lease-keeper.ts';
import { type AnyModule, ModuleRegistry } from '../../src/host/registry.ts';
import { contractModules } from '../contract/contract-modules.ts';
import { leaseKeeperContract } from '../contract/lease-keeper.contract.ts';
import { moduleRunnerContract } from '../contract/module-runner.contract.ts';

moduleRunnerContract('inline', {
  open: () => new InlineRunner({ modules: new ModuleRegistry(contractModules) }),
  killsLoops: false,
});

moduleRunnerContract('shards', {
  killsLoops: false,
  open() {
    const modules = new ModuleRegistry(contractModules.map((module): AnyModule => ({ ...module, kind: 'cpu' })));
    const shards = [0, 1, 2, 3].map(() => new LocalShard(modules));
    return new ShardRunner({ modules, shards: shards.length, shard: (index) => shards[index] as LocalShard });
  },
});

leaseKeeperContract('within an engine', () => {
  const keeper = new LocalLeaseKeeper();
  return [keeper, keeper];
});
