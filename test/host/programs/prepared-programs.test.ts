import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PreparedPrograms } from '../../../src/host/programs/prepared-programs.ts';
import { ModuleRegistry } from '../../../src/host/registry.ts';
import { LazyAbort } from '../../../src/host/run/lazy-abort.ts';
import { JsonPrint, ownJson } from '../../../src/host/values/json-copy.ts';
import { createJsKernel } from '../../../src/kernel/js-kernel.ts';
import type { Program } from '../../../src/program/program.ts';
import { createTestEngine } from '../../../src/testing/test-engine.ts';

const modules = [
  { name: 'm', version: '1', run: (input: unknown) => input as never },
  { name: 'slow', version: '1', run: () => new Promise<number>((resolve) => setTimeout(resolve, 20, 1)) },
];

function program(): { heddle: 1; name: string; nodes: Record<string, object>; outputs: object } {
  return { heddle: 1, name: 'p', nodes: { a: { module: 'm', with: { x: 1 } } }, outputs: { x: '${a.x}' } };
}

describe('a program that was read before', () => {
  test('is run as it is now, not as it was then', async () => {
    const { engine } = createTestEngine({ modules });
    const source = program();
    expect((await engine.execute(source)).result).toEqual({ x: 1 });
    const known = (await engine.execute(source)).planId;
    source.nodes.a = { module: 'm', with: { x: 2 } };
    const changed = await engine.execute(source);
    expect(changed.result).toEqual({ x: 2 });
    expect(changed.planId).not.toBe(known);
    source.nodes.a = { module: 'missing' };
    await expect(engine.execute(source)).rejects.toMatchObject({ code: 'UNKNOWN_MODULE' });
  });

  test('is not changed under an execution', async () => {
    const { engine } = createTestEngine({ modules });
    const source = program();
    source.nodes.first = { module: 'slow', with: null };
    source.nodes.a = { module: 'm', with: { x: 1 }, needs: ['first'] };
    const handle = await engine.start(source);
    source.nodes.a = { module: 'm', with: { x: 2 }, needs: ['first'] };
    expect((await handle.result()).result).toEqual({ x: 1 });
  });

  test('as a text, or as something with toJSON, is the same program', async () => {
    const { engine } = createTestEngine({ modules });
    const ids = new Set<string>();
    const text = JSON.stringify(program());
    const builder = { toJSON: () => program() };
    for (const source of [text, text, builder, builder, program()])
      ids.add((await engine.execute(source as never)).planId);
    expect(ids.size).toBe(1);
  });

  test('and comes again as another object, is known, unless anything of it is different', () => {
    const home = { kernel: createJsKernel(), modules: new ModuleRegistry(modules), resources: { capacity: null } };
    const prepared = new PreparedPrograms(home);
    const first = prepared.read(program() as never);
    expect(prepared.read(program() as never)).toBe(first);
    const other = program();
    other.nodes.a = { module: 'm', with: { x: -0 } };
    const zero = program();
    zero.nodes.a = { module: 'm', with: { x: 0 } };
    expect(prepared.read(zero as never)).not.toBe(prepared.read(other as never));
    expect(prepared.read(program() as never)).toEqual(first);
    const plan = prepared.plan(first as Program, { weights: { a: 1 } });
    expect(prepared.plan(first as Program, { weights: { a: 1 } })).toBe(plan);
    expect(prepared.plan(first as Program, { weights: { a: 2 } })).not.toBe(plan);
    expect(() => prepared.read(null as never)).toThrow();
  });
});

const sameJson = (a: unknown, b: unknown) => new JsonPrint(b).matches(a);

test('a copy is the same and shares nothing; any change, of order too, is seen', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (data, other) => {
      const copy = ownJson(data);
      expect(copy).toEqual(data);
      expect(sameJson(copy, data)).toBe(true);
      if (typeof data === 'object' && data !== null) expect(copy).not.toBe(data);
      // As text is not the same as by value only for -0.
      if (JSON.stringify(data) !== JSON.stringify(other)) expect(sameJson(data, other)).toBe(false);
    }),
  );
  expect(sameJson({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(false);
  expect(sameJson({ a: undefined }, {})).toBe(false);
  expect(sameJson([], {})).toBe(false);
  expect(sameJson(new Map(), new Map())).toBe(false);
  expect(sameJson(JSON.parse('{"__proto__":{"a":1}}'), ownJson(JSON.parse('{"__proto__":{"a":1}}')))).toBe(true);
});

test('an abort is told to a signal that exists, and to one that is asked for later', () => {
  const early = new LazyAbort();
  const { signal } = early;
  early.abort(new Error('first'));
  early.abort(new Error('second'));
  expect([signal.aborted, (signal.reason as Error).message]).toEqual([true, 'first']);
  expect(() => early.throwIfAborted()).toThrow('first');
  const late = new LazyAbort();
  expect([late.aborted, late.throwIfAborted()]).toEqual([false, undefined]);
  late.abort(new Error('late'));
  expect([late.aborted, late.signal.aborted, (late.signal.reason as Error).message]).toEqual([true, true, 'late']);
});
