import type { Identity } from './identity.ts';
import type { RunnerService } from './object-services.ts';
import type { Shard, Told } from './shard-protocol.ts';

/**
 * What calls on other objects say on the way. Most say nothing: an object is told under its name when they do, because a function
 * that goes along with every message would have to be looked after by both ends.
 */
export class Listening {
  readonly #identity: Identity;
  readonly #life: string;
  readonly #hearing = new Map<string, (told: readonly Told[]) => unknown>();
  #batches = 0;

  /** @param life different for each life of the object: what is said to the last one is not for this one */
  constructor(identity: Identity, life: string) {
    this.#identity = identity;
    this.#life = life;
  }

  /** The calls of this object on a runner object. */
  shard(runner: RunnerService): Shard {
    return {
      run: async (calls, hear) => {
        const batch = `${this.#life}/${++this.#batches}`;
        this.#hearing.set(batch, hear);
        try {
          return await runner.run(calls, { ...this.#identity, batch });
        } finally {
          this.#hearing.delete(batch);
        }
      },
      abort: (call) => runner.abort(call),
    };
  }

  /** What is said after all have been answered is not heard. */
  heard(batch: string, told: readonly Told[]): void {
    this.#hearing.get(batch)?.(told);
  }
}
