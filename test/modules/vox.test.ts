import { describe, expect, test } from 'vitest';
import { parseBody } from '../../src/modules/vox-body.ts';
import { callPrimitive } from '../../src/modules/vox-evaluate.ts';
import { voxModules, voxPrimitives } from '../../src/modules/vox-modules.ts';
import type { Value } from '../../src/program/value.ts';

const call = (operator: string, ...args: readonly unknown[]) =>
  callPrimitive(operator, args as Value[], {}, voxPrimitives);
const closure = (parameter: string, body: string, captures = {}, functions = {}) => ({
  closure: { parameter, body, captures, functions },
});
const map = (body: string, elements: readonly unknown[], functions = {}) =>
  call('default.map', elements, closure('x', body, {}, functions));
const image = (...rows: readonly string[]) => ({
  width: rows[0]?.length ?? 0,
  height: rows.length,
  pixels: Float32Array.from(rows.join(''), (char) => (char === '.' ? 0 : Number(char))),
});
const rowsOf = (value: Value) => {
  const { width, pixels } = value as unknown as { width: number; pixels: Float32Array };
  const text = Array.from(pixels, (pixel) => (pixel === 0 ? '.' : String(pixel)));
  return Array.from({ length: text.length / width }, (_, row) => text.slice(row * width, (row + 1) * width).join(''));
};

describe('default', () => {
  test.each<[string, unknown[], unknown]>([
    ['default.range', [3], [0, 1, 2]],
    ['default.range', [5, 2], []],
    ['default.index', [['a', 'b'], 1.0], 'b'],
    ['default.index', [['a', 'b'], '1'], 'b'],
    ['default.slice', [[1, 2, 3], null, 2], [1, 2]],
    ['default.slice', [[1, 2, 3], 2, 1], []],
    ['default.slice', [[1, 2, 3], -5, 1], [1]],
    ['default.subsequence', [[1, 2, 3], -1, 2], [1, 2]],
    ['default.subsequence', [[1, 2, 3], 2], [1, 2]],
    ['default.argmax', [[1, 5, 5]], 1],
    ['default.addition', [[1, 2], 3], [4, 5]],
    ['default.division', [6, [1, 2]], [6, 3]],
    ['default.num_leq', [1, 1], true],
    ['default.not_compat', [0], true],
  ])('%s of %j is %j', (operator, args, value) => expect(call(operator, ...args)).toEqual(value));

  test.each<[string, unknown[], RegExp]>([
    ['default.range', [1.2], /1\.2 is not a whole number/],
    ['default.index', [['a'], 1], /position 1 lies outside a sequence of 1/],
    ['default.index', [['a'], -1], /outside/],
    ['default.division', [1, 0], /division by zero/],
    ['default.addition', [[1], [1, 2]], /1 and 2 elements do not fit/],
    ['default.argmax', [[]], /empty/],
    ['vox1.near', [3], /3 is not an image/],
    ['geom.circle', [3], /no kernel geom\.circle/],
  ])('%s of %j fails', (operator, args, message) => expect(() => call(operator, ...args)).toThrow(message));

  test.each([
    ['+', [[1, 2, 3]], 6],
    ['-', [10, [1, 2]], 7],
    ['*', [[]], 1],
    ['/', [12, [2, 3]], 2],
    ['&&', [[true, false]], false],
    ['||', [[]], false],
    ['max', [[3, 9]], 9],
    ['min', [0, [3, 9]], 0],
  ])('fold %s %j', (operator, args, value) =>
    expect(callPrimitive('default.fold', args, { operator }, voxPrimitives)).toEqual(value),
  );

  test('fold / needs a first value, and so do min and max of nothing', () => {
    for (const operator of ['/', 'min', 'nope'])
      expect(() => callPrimitive('default.fold', [[]], { operator }, voxPrimitives)).toThrow('default.fold');
  });
});

describe('bodies', () => {
  const scale = { scale: { parameters: ['a'], body: '*(a,k)', captures: { k: 3 }, functions: {} } };
  test.each<[string, unknown]>([
    ['+(scale(x),1.0)', [4, 7]],
    ['1 + x * 3', [6, 9]],
    ['(x - 1) * 3', [0, 3]],
    ['-(x,-1.0)', [2, 3]],
    ['x-1', [0, 1]],
    [
      'for j in range(1.0,3.0) do *(x,j)',
      [
        [1, 2],
        [2, 4],
      ],
    ],
    ['filter j in [1,2,3] do num_gt(j,x)', [[2, 3], [3]]],
    ['fold + 0.0 [x, 1]', [2, 3]],
    ['fold max [x, 1]', [1, 2]],
    ['let s = x + 1 in let t = s in t * s', [4, 9]],
    ['||(num_eq(x,1.0), false)', [true, false]],
    ['map(scale, [x])', [[3], [6]]],
    ['[10,20,30][x]', [20, 30]],
    ['[10,20,30][:x]', [[10], [10, 20]]],
    ['concat("n=", x)', ['n=1', 'n=2']],
    ['!num_eq(x,1.0)', [false, true]],
  ])('%s', (body, values) => expect(map(body, [1, 2], scale)).toEqual(values));

  test.each(['', '+(', 'let x = 1', 'for in xs do 1', 'fold +', '1 2', '#', 'x[', ')', `${'('.repeat(500)}1`])(
    '%j is refused',
    (body) => expect(() => parseBody(body)).toThrow(expect.objectContaining({ code: 'BAD_SYNTAX' })),
  );

  test('a name that nothing gives is named', () => {
    expect(() => map('y + 1', [1])).toThrow(/y, which is nothing it captures/);
    expect(() => map('segment(x)', [1])).toThrow(/no kernel segment/);
  });
});

describe('strings', () => {
  test.each([
    ['x_{:03d}', [7], 'x_007'],
    ['{} and {}', [1.5, 'b'], '1.5 and b'],
    ['{1}{0}{{}}', ['a', 'b'], 'ba{}'],
    ['{:.2f}|{:>5}|{:<4}|{:^5}|{:+d}', [3.1372, 'ab', 'c', 'd', 4], '3.14|   ab|c   |  d  |+4'],
    ['{:e} {:x} {:.1%}', [12345.678, 255, 0.5], '1.234568e+04 ff 50.0%'],
    ['{}', [[1, 'a', true]], "[1, 'a', True]"],
  ])('%s', (template, args, text) => expect(call('strings.format_string', template, ...args)).toBe(text));

  test.each([
    ['{}', []],
    ['{:d}', ['a']],
    ['{', [1]],
    ['{:d}', [1.5]],
  ])('%s of %j fails', (template, args) => {
    expect(() => call('strings.format_string', template, ...args)).toThrow('strings.format_string');
  });
});

describe('images', () => {
  const blob = image('......', '.11...', '.11..1', '......');

  test('near and interior are the 3×3 box; outside of the image does not erode', () => {
    expect(rowsOf(call('vox1.near', image('...', '.1.', '...')))).toEqual(['111', '111', '111']);
    expect(rowsOf(call('vox1.interior', image('111', '111', '11.')))).toEqual(['111', '1..', '1..']);
  });

  test('through, maxvol and volume go by components', () => {
    expect(rowsOf(call('vox1.through', image('......', '.1....', '......', '......'), blob))).toEqual([
      '......',
      '.11...',
      '.11...',
      '......',
    ]);
    expect(rowsOf(call('vox1.maxvol', blob))).toEqual(['......', '.11...', '.11...', '......']);
    expect(call('vox1.volume', blob)).toBe(5);
  });

  test('arithmetic, comparisons and logic are pixel by pixel', () => {
    expect(rowsOf(call('vox1.+', image('12'), 1))).toEqual(['23']);
    expect(rowsOf(call('vox1.geq_sv', 2, image('123')))).toEqual(['.11']);
    expect(rowsOf(call('vox1.and', image('11.'), image('.11')))).toEqual(['.1.']);
    expect(rowsOf(call('vox1.not', image('1.')))).toEqual(['.1']);
    expect([call('vox1.max', image('193')), call('vox1.avg', image('193'), image('1.1'))]).toEqual([9, 2]);
    expect(() => call('vox1.and', image('1'), image('11'))).toThrow('do not fit');
  });

  test('dt is negative inside, percentiles rank under a mask', () => {
    const { pixels } = call('vox1.dt', image('.....', '.111.', '.111.', '.111.', '.....')) as unknown as {
      pixels: Float32Array;
    };
    expect([pixels[12], pixels[6], pixels[5], pixels[0]]).toEqual([-1, -0, 1, expect.closeTo(Math.SQRT2, 5)]);
    const ranks = call('vox1.percentiles', image('5128'), image('1111'), 0.5) as unknown as { pixels: Float32Array };
    expect(Array.from(ranks.pixels)).toEqual([0.625, 0.125, 0.375, 0.875]);
  });
});

test('there is a module for each primitive, under its full name', () => {
  expect(voxModules.map(({ name }) => name)).toEqual(Object.keys(voxPrimitives));
});
