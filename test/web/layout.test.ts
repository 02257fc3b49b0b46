import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJsKernel } from '../../src/kernel/index.ts';
import { createPlan, type Plan } from '../../src/plan/plan.ts';
import type { ProgramNode } from '../../src/program/program.ts';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { wideBox as box, fitted, geometryOf, narrowBox, readable, readableScale } from '../../web/graph/geometry.ts';
import { layOut } from '../../web/graph/layout.ts';

/** Each node needs some of those before it. @param needs of node n, all below n */
function planOf(count: number, needs: (n: number) => readonly number[]): Plan {
  const nodes: Record<string, ProgramNode> = {};
  for (let n = 0; n < count; n++) {
    const ids = [...new Set(needs(n))].map((each) => `n${each}`);
    nodes[`n${n}`] = { module: 'any', ...(ids.length > 0 && { needs: ids }) };
  }
  return createPlan({ heddle: 1, name: 'drawn', nodes }, createJsKernel());
}

function randomPlan(count: number, reach: number, seed: number): Plan {
  const random = new SeededRandom(seed);
  return planOf(count, (n) => (n === 0 ? [] : [0, 0, 0].map(() => Math.max(0, n - random.int(1, Math.min(n, reach))))));
}

const anyPlan = fc
  .record({ count: fc.integer({ min: 1, max: 60 }), reach: fc.integer({ min: 1, max: 60 }), seed: fc.nat() })
  .map(({ count, reach, seed }) => randomPlan(count, reach, seed));

describe('the layered drawing', () => {
  test('has every box on the sheet, and none over another', () => {
    fc.assert(
      fc.property(anyPlan, fc.boolean(), (plan, downwards) => {
        const geometry = geometryOf(layOut(plan), downwards);
        const places = plan.nodes.map((_, node) => geometry.place(node));
        for (const { x, y } of places) {
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(box.margin - 1e-6);
          expect(x + box.width).toBeLessThanOrEqual(geometry.width - box.margin + 1e-6);
          expect(y + box.height).toBeLessThanOrEqual(geometry.height - box.margin + 1e-6);
        }
        places.forEach((a, i) => {
          for (const b of places.slice(i + 1))
            expect(Math.abs(a.x - b.x) >= box.width - 1e-6 || Math.abs(a.y - b.y) >= box.height - 1e-6).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('leads every edge from its node to its dependent, and past every other box', () => {
    let long = 0;
    fc.assert(
      fc.property(anyPlan, fc.boolean(), (plan, downwards) => {
        const geometry = geometryOf(layOut(plan), downwards);
        const [along, across, thick, wide] = downwards
          ? (['y', 'x', box.height, box.width] as const)
          : (['x', 'y', box.width, box.height] as const);
        const places = plan.nodes.map((_, node) => geometry.place(node));
        plan.dependencies.forEach((sources, to) => {
          for (const from of sources) {
            const route = geometry.route(from, to);
            const passed = (plan.levels[to] ?? 0) - (plan.levels[from] ?? 0) - 1;
            expect(route.length).toBe(2 + 2 * passed);
            expect(route[0]?.[along]).toBeCloseTo((places[from]?.[along] ?? 0) + thick);
            expect(route[0]?.[across]).toBeCloseTo((places[from]?.[across] ?? 0) + wide / 2);
            expect(route.at(-1)?.[along]).toBeCloseTo(places[to]?.[along] ?? 0);
            expect(route.at(-1)?.[across]).toBeCloseTo((places[to]?.[across] ?? 0) + wide / 2);
            // Curves lie between levels, where no box is; beside the boxes of a level it runs straight.
            for (let index = 1; index + 1 < route.length; index += 2) {
              const [begin, end] = [route[index], route[index + 1]];
              long++;
              expect(begin?.[across]).toBe(end?.[across]);
              for (const place of places) {
                if (Math.abs(place[along] - (begin?.[along] ?? 0)) > 1) continue;
                const middle = begin?.[across] ?? 0;
                expect(middle < place[across] || middle > place[across] + wide).toBe(true);
              }
            }
          }
        });
      }),
      { numRuns: 60 },
    );
    expect(long).toBeGreaterThan(100);
  });

  test('keeps a chain straight, and a long edge beside it', () => {
    const geometry = geometryOf(layOut(planOf(5, (n) => (n === 0 ? [] : n === 4 ? [0, 3] : [n - 1]))), false);
    const middles = [1, 2, 3].map((node) => geometry.place(node).y);
    expect(Math.max(...middles) - Math.min(...middles)).toBeLessThan(1);
    const lane = geometry.route(0, 4).slice(1, -1);
    expect(new Set(lane.map(({ y }) => Math.round(y))).size).toBe(1);
  });

  test.each([
    [2_000, 50],
    [2_000, 2_000],
    [10_000, 50],
    [10_000, 10_000],
  ])('of %i nodes, each needing three of the last %i', (count, reach) => {
    const plan = randomPlan(count, reach, 7);
    const times: number[] = [];
    let breadth = 0;
    for (let round = 0; round < 3; round++) {
      const sinceMs = performance.now();
      ({ breadth } = layOut(plan));
      times.push(performance.now() - sinceMs);
    }
    console.log(
      `${count} nodes within ${reach}, ${plan.depth} levels, ${breadth.toFixed(0)} wide: cold ${times[0]?.toFixed(0)} ms, then ${Math.min(...times).toFixed(0)} ms (aim at 2,000: 100)`,
    );
    expect(breadth).toBeGreaterThan(1);
  });
});

describe('what is seen at first', () => {
  const seenOf = (levels: number, breadth: number, width: number, height: number, downwards: boolean) => {
    const plan = planOf(levels * breadth, (n) => (n < breadth ? [] : [n - breadth]));
    const geometry = geometryOf(layOut(plan), downwards, width < 480 ? narrowBox : box);
    return { geometry, view: readable(geometry, width, height), whole: fitted(geometry, width, height) };
  };

  test('everything, where its letters can be read', () => {
    const { view, whole } = seenOf(3, 5, 310, 300, false);
    expect(view).toEqual(whole);
    expect(view.scale).toBeGreaterThanOrEqual(readableScale);
  });

  test('the beginning in letters that can be read, where everything would be too small', () => {
    const { view, whole, geometry } = seenOf(8, 2, 310, 300, false);
    expect(whole.scale).toBeLessThan(readableScale);
    expect(view).toMatchObject({ scale: readableScale, x: 0 });
    expect(geometry.width * view.scale).toBeGreaterThan(310);
  });

  test('everything as coloured boxes, where it is far too large', () => {
    const { view, whole } = seenOf(40, 3, 310, 300, false);
    expect(view).toEqual(whole);
  });
});
