import type { Usage } from '../engine/usage.ts';
import type { MetricFamily } from './prometheus.ts';

/** Metrics of modules that have a sample of their own; the rest are added up under `other`. */
export const moduleMetricsMax = 50;

/** What modules told that they used, over all executions of a host. */
export function usageFamilies({ inputTokens, outputTokens, costUsd, metrics = {} }: Usage): readonly MetricFamily[] {
  return [
    {
      name: 'heddle_tokens_total',
      help: 'Tokens that modules told they used, by direction.',
      type: 'counter',
      samples: [
        { labels: { direction: 'in' }, value: inputTokens ?? 0 },
        { labels: { direction: 'out' }, value: outputTokens ?? 0 },
      ],
    },
    {
      name: 'heddle_cost_usd_total',
      help: 'US dollars that modules told they spent, of calls whose price is known.',
      type: 'counter',
      samples: [{ value: costUsd ?? 0 }],
    },
    {
      name: 'heddle_module_metric',
      help: 'What modules told under names of their own, added up.',
      type: 'gauge',
      samples: Object.entries(metrics).map(([name, value]) => ({ labels: { name }, value })),
    },
  ];
}
