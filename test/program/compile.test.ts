import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileProgram } from '../../src/program/compile.ts';
import type { Join, Program, ProgramNode, Template, Tolerance, Trigger } from '../../src/program/program.ts';
import { validateProgram } from '../../src/program/validate.ts';
import { interpret } from './compile/naive-interpreter.ts';

/** Ids of which some are no names in an expression. */
const idOf = (index: number): string => (index % 3 === 2 ? `n-${index}` : `n${index}`);
const reference = (index: number): string => (index % 3 === 2 ? `nodes["n-${index}"]` : `n${index}`);

function templateFor(index: number): fc.Arbitrary<Template> {
  if (index === 0) return fc.constantFrom<Template>({ x: 1 }, { x: '${input.a}' });
  const earlier = fc.integer({ min: Math.max(0, index - 5), max: index - 1 }).map(reference);
  const expression = fc.oneof(
    earlier,
    earlier.map((of) => `has(${of}.sum) ? ${of}.sum : 0`),
    earlier.map((of) => `[1, 2].map(x, x + 1).size() + (${of} == null ? 1 : 2)`),
    // A macro variable named like a node.
    earlier.map((of) => `[3].map(n1, n1 + 1)[0] + (${of} == null ? 0 : 5)`),
    fc.constant('input.a'),
  );
  const text = fc
    .tuple(expression, fc.constantFrom('', 'text ', '$ ', '$${'))
    .map(([of, before]) => `${before}\${${of}}`);
  return fc.record({ x: text });
}

type Loose = { readonly [key in keyof ProgramNode]: ProgramNode[key] | undefined };

function nodeFor(index: number): fc.Arbitrary<Loose> {
  const needs = fc.array(fc.integer({ min: Math.max(0, index - 4), max: Math.max(0, index - 1) }), { maxLength: 2 });
  return fc.record({
    module: fc.constantFrom('sum', 'sum', 'sum', 'picky'),
    with: fc.option(templateFor(index), { nil: undefined, freq: 6 }),
    needs: index === 0 ? fc.constant(undefined) : needs.map((of) => [...new Set(of)].map(idOf)),
    cache: fc.option(fc.constant({}), { nil: undefined, freq: 6 }),
    if: fc.constantFrom(
      undefined,
      undefined,
      undefined,
      'input.a > 2',
      index === 0 ? 'true' : `\${${reference(index - 1)} != null}`,
    ),
    forEach: fc.constantFrom(undefined, undefined, undefined, undefined, { items: '${input.list}' }),
    join: fc.constantFrom<Join | undefined>(undefined, undefined, undefined, 'any', { quorum: 2 }),
    trigger: fc.constantFrom<Trigger | undefined>(undefined, undefined, undefined, 'failure', 'always'),
    critical: fc.constantFrom(undefined, false),
    fallback: fc.constantFrom(undefined, undefined, { value: { x: index === 0 ? 1 : `\${${reference(index - 1)}}` } }),
  });
}

const programs: fc.Arbitrary<Program> = fc
  .integer({ min: 1, max: 9 })
  .chain((count) =>
    fc.record({
      nodes: fc.tuple(...Array.from({ length: count }, (_, index) => nodeFor(index))),
      // Where a node does what one before it does.
      copies: fc.array(fc.option(fc.nat(count - 1)), { minLength: count, maxLength: count }),
      outputs: fc.option(fc.array(fc.integer({ min: 0, max: count - 1 }), { minLength: 1, maxLength: 3 }), {
        nil: undefined,
      }),
      tolerance: fc.constantFrom<Tolerance>('strict', 'tolerant', 'tolerant', { threshold: 1 }),
    }),
  )
  .map(({ nodes, copies, outputs, tolerance }) => ({
    heddle: 1,
    name: 'arithmetic',
    tolerance,
    nodes: Object.fromEntries(
      nodes.map((node, index) => {
        const copied = copies[index] ?? index;
        const spec = copied < index ? { ...nodes[copied], cache: {} } : node;
        return [idOf(index), JSON.parse(JSON.stringify(copies.includes(index) ? { ...spec, cache: {} } : spec))];
      }),
    ),
    ...(outputs !== undefined && {
      outputs: Object.fromEntries(
        outputs.map((of, index) => [
          `out${index}`,
          index === 0 ? `\${${reference(of)}}` : `is \${${reference(of)} == null}`,
        ]),
      ),
    }),
  }));

const inputs = { a: 3, list: [1, 2] };

test('a compiled program gives the same outputs', () => {
  let [merges, removals] = [0, 0];
  fc.assert(
    fc.property(programs, fc.boolean(), (program, lazy) => {
      expect(validateProgram(program)).toMatchObject({ ok: true });
      const before = JSON.stringify(program);
      const { program: compiled, report } = compileProgram(program, { lazy });
      merges += report.merged.length;
      removals += report.removed.length;
      expect(JSON.stringify(program)).toBe(before);
      expect(validateProgram(compiled)).toMatchObject({ ok: true });
      const [original, now] = [interpret(program, inputs), interpret(compiled, inputs)];
      // A node that is left out cannot fail any more.
      if (lazy && original.status === 'FAILED' && report.removed.length > 0) return;
      expect(now).toEqual(original);
      const gone = [...report.removed, ...report.merged.map(({ dropped }) => dropped)];
      expect(Object.keys(compiled.nodes)).toEqual(Object.keys(program.nodes).filter((id) => !gone.includes(id)));
      if (gone.length === 0) expect(compiled).toBe(program);
    }),
    { numRuns: 2000 },
  );
  // Otherwise the property says nothing.
  expect(merges).toBeGreaterThan(50);
  expect(removals).toBeGreaterThan(500);
});

test('compiling twice changes nothing more', () => {
  fc.assert(
    fc.property(programs, (program) => {
      const once = compileProgram(program, { lazy: true });
      const twice = compileProgram(once.program, { lazy: true });
      expect(twice).toEqual({ program: once.program, report: { removed: [], merged: [], chains: once.report.chains } });
    }),
  );
});

test('the whole of it on one program', () => {
  const cached = { module: 'sum', cache: {} } as const;
  const { program, report } = compileProgram(
    {
      heddle: 1,
      name: 'case',
      nodes: {
        a: { ...cached, with: { x: '${input.a}' } },
        'a-2': { ...cached, with: { x: '${input.a}' }, summary: 'the same in other words' },
        b: { ...cached, with: { y: '${a.sum}' } },
        c: { ...cached, with: { y: '${a.sum}' } },
        d: { module: 'sum', with: { z: '${nodes["a-2"].sum} and $${c} ${c.sum}' } },
        unused: { module: 'sum', needs: ['c'] },
        clean: { module: 'sum', needs: ['d'], with: {}, trigger: 'always' },
      },
      outputs: { answer: '${b.sum + c.sum}', more: ['${d}'] },
    },
    { lazy: true },
  );
  expect(program.nodes.d).toEqual({ module: 'sum', with: { z: '${nodes["a"].sum} and $${c} ${b.sum}' } });
  expect(program.outputs).toEqual({ answer: '${b.sum + b.sum}', more: ['${d}'] });
  expect(report).toEqual({
    removed: ['unused'],
    merged: [
      { kept: 'a', dropped: 'a-2' },
      { kept: 'b', dropped: 'c' },
    ],
    chains: [['d', 'clean']],
  });
});
