import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MetricFamily, prometheusText } from '../../src/observe/prometheus.ts';

const gauge = (more: Partial<MetricFamily> = {}): MetricFamily =>
  ({ name: 'g', help: 'h', type: 'gauge', samples: [{ value: 1 }], ...more }) as MetricFamily;

test('counters and gauges', () => {
  const text = prometheusText([
    {
      name: 'jobs_total',
      help: 'Jobs.',
      type: 'counter',
      samples: [
        { labels: { status: 'done', home: 'edge' }, value: 3 },
        { labels: { status: 'failed', home: 'edge' }, value: 0 },
      ],
    },
    gauge({ samples: [{ value: 0.5 }] }),
  ]);
  expect(text).toBe(
    [
      '# HELP jobs_total Jobs.',
      '# TYPE jobs_total counter',
      'jobs_total{status="done",home="edge"} 3',
      'jobs_total{status="failed",home="edge"} 0',
      '# HELP g h',
      '# TYPE g gauge',
      'g 0.5',
      '',
    ].join('\n'),
  );
});

test('a histogram adds its buckets up and ends with +Inf', () => {
  const text = prometheusText([
    {
      name: 'd_seconds',
      help: 'D.',
      type: 'histogram',
      samples: [{ labels: { a: 'b' }, bounds: [0.1, 1], counts: [2, 3, 4], sum: 12.5 }],
    },
  ]);
  expect(text.split('\n').slice(1)).toEqual([
    '# TYPE d_seconds histogram',
    'd_seconds_bucket{a="b",le="0.1"} 2',
    'd_seconds_bucket{a="b",le="1"} 5',
    'd_seconds_bucket{a="b",le="+Inf"} 9',
    'd_seconds_sum{a="b"} 12.5',
    'd_seconds_count{a="b"} 9',
    '',
  ]);
});

test('escapes help and labels', () => {
  const text = prometheusText([
    gauge({ help: 'a \\ and\na "quote"', samples: [{ labels: { path: 'C:\\"x"\n' }, value: 1 }] }),
  ]);
  expect(text).toBe('# HELP g a \\\\ and\\na "quote"\n# TYPE g gauge\ng{path="C:\\\\\\"x\\"\\n"} 1\n');
});

test.each([
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
  [Number.NaN, 'NaN'],
  [1e21, '1e+21'],
  [-0.25, '-0.25'],
])('writes %d as %s', (value, text) => {
  expect(prometheusText([gauge({ samples: [{ value }] })])).toContain(`\ng ${text}\n`);
});

test('every label value comes back, and every sample is one line', () => {
  const plain = (text: string) => text.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\\', '"', '\n', '{', '}', ',', '=', 'n') }), (value) => {
      const lines = prometheusText([gauge({ samples: [{ labels: { l: value }, value: 7 }] })]).split('\n');
      expect(lines).toHaveLength(4);
      const written = /^g\{l="((?:[^"\\]|\\.)*)"\} 7$/.exec(lines[2] ?? '')?.[1];
      expect(plain(written ?? '?')).toBe(value);
    }),
  );
});

test.each([
  ['a bad metric name', [gauge({ name: '1x' })]],
  ['a bad label name', [gauge({ samples: [{ labels: { 'a-b': '' }, value: 1 }] })]],
  ['a reserved label name', [gauge({ samples: [{ labels: { __name: '' }, value: 1 }] })]],
  ['a family twice', [gauge(), gauge()]],
  ['a sample twice', [gauge({ samples: [{ value: 1 }, { value: 2 }] })]],
  ['too few counts', [{ ...gauge(), type: 'histogram', samples: [{ bounds: [1], counts: [1], sum: 1 }] }]],
  [
    'a label le on a histogram',
    [{ ...gauge(), type: 'histogram', samples: [{ labels: { le: '' }, bounds: [], counts: [0], sum: 0 }] }],
  ],
])('%s is refused', (_, families) => {
  expect(() => prometheusText(families as MetricFamily[])).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
});
