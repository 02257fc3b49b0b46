import type { EdgeEnv, ObjectClass } from '../../src/edge.ts';
import type { Counts } from './counts.ts';

/** By class of objects, since it was last asked for; in one isolate all objects of a Worker share it. */
const counted: Record<string, Counts> = {};

function countsOf(name: string): Counts {
  counted[name] ??= { boots: 0, requests: 0, statements: 0, rowsWritten: 0, rowsRead: 0 };
  return counted[name];
}

/** What was counted, from zero again. */
export function takeCounts(): unknown {
  const taken = structuredClone(counted);
  for (const name of Object.keys(counted)) delete counted[name];
  return taken;
}

/** A class of objects whose statements, rows and requests are counted. */
export function counting(name: string, Inner: ObjectClass): ObjectClass {
  class Counting extends Inner {
    constructor(ctx: DurableObjectState, env: EdgeEnv) {
      const { storage } = ctx;
      const exec = storage.sql.exec.bind(storage.sql);
      const setAlarm = storage.setAlarm.bind(storage);
      Object.defineProperty(storage.sql, 'exec', {
        configurable: true,
        value(query: string, ...parameters: unknown[]) {
          const cursor = exec(query, ...parameters);
          countsOf(name).statements++;
          return {
            toArray() {
              const rows = cursor.toArray();
              countsOf(name).rowsWritten += cursor.rowsWritten;
              countsOf(name).rowsRead += cursor.rowsRead;
              return rows;
            },
          };
        },
      });
      Object.defineProperty(storage, 'setAlarm', {
        configurable: true,
        value(at: number) {
          countsOf(name).rowsWritten++;
          return setAlarm(at);
        },
      });
      countsOf(name).boots++;
      super(ctx, env);
    }
  }
  for (const method of methodsOf(Inner.prototype)) {
    const inner: unknown = Reflect.get(Inner.prototype, method);
    if (typeof inner !== 'function') continue;
    Object.defineProperty(Counting.prototype, method, {
      configurable: true,
      writable: true,
      value(this: object, ...parameters: unknown[]): unknown {
        countsOf(name).requests++;
        return Reflect.apply(inner, this, parameters);
      },
    });
  }
  return Counting;
}

/** Its own and those it has from our classes; above them is the platform's, whose own parent is the plain object. */
function methodsOf(prototype: object): readonly string[] {
  const parent: unknown = Object.getPrototypeOf(prototype);
  if (typeof parent !== 'object' || parent === null || parent === Object.prototype) return [];
  const own = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return [...new Set([...own, ...methodsOf(parent)])];
}
