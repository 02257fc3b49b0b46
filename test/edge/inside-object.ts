import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { TestObject } from './worker.ts';

/** `T` as seen from outside: every method answers later. */
type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : T[K];
};

/**
 * Makes a `T` inside a Durable Object of its own and returns its twin for the test: each method runs in the object, where
 * alone its storage may be touched. This is how the contract suites meet real Durable Object SQLite. Properties are
 * read directly. Give the stub to evict the object and make a second twin on the same storage.
 */
export async function insideObject<T extends object>(
  make: (state: DurableObjectState) => T,
  stub: DurableObjectStub<TestObject> = freshObject(),
): Promise<Remote<T>> {
  const inner = await runInDurableObject(stub, (_, state) => make(state));
  return new Proxy(inner, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => runInDurableObject(stub, () => Reflect.apply(member, target, args));
    },
  }) as Remote<T>;
}

export function freshObject(): DurableObjectStub<TestObject> {
  return env.TEST_OBJECT.get(env.TEST_OBJECT.newUniqueId());
}
