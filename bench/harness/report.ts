import { writeFileSync } from 'node:fs';
import type { Measured } from './measure.ts';

/** One case of a question: what each contender needed for the same. */
export interface Row {
  readonly what: string;
  /** Figures are divided by this: nodes plus edges, tasks, 1. */
  readonly per: number;
  readonly measured: readonly Measured[];
}

export interface Section {
  readonly title: string;
  /** Of the figures once divided, from ns. */
  readonly unit: 'ns' | 'µs' | 'ms' | 'x';
  /** Ratios are this one's figure over each other's: below 1 it is faster. */
  readonly baseline: string;
  readonly rows: readonly Row[];
}

/** A question of the bench: what it found, ready to be shown and kept. */
export type Question = () => Promise<readonly Section[]>;

const nsPer = { ns: 1, µs: 1e3, ms: 1e6, x: 1 } as const;

/** Prints the tables, and writes them as JSON where the command asked for it. */
export async function answer(question: Question): Promise<void> {
  const sections = await question();
  for (const section of sections) console.log(`${textOf(section)}\n`);
  const file = process.env.BENCH_JSON;
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(sections.map(flat), null, 1)}\n`);
}

function textOf({ title, unit, baseline, rows }: Section): string {
  const lines = rows.flatMap(({ what, per, measured }) => {
    const base = measured.find(({ name }) => name === baseline);
    return measured.map(({ name, medianNs, p10Ns, p90Ns }, index) => {
      const figure = (ns: number) => (unit === 'x' ? (ns / per).toFixed(4) : digits(ns / per / nsPer[unit]));
      const ratio = base === undefined || name === baseline ? '' : `${(base.medianNs / medianNs).toFixed(3)}`;
      const spread = `${figure(p10Ns)}–${figure(p90Ns)}`;
      return `| ${index === 0 ? what : ''} | ${name} | ${figure(medianNs)} | ${spread} | ${ratio} |`;
    });
  });
  const head = [`| case | contender | median, ${unit} | p10–p90 | ${baseline} / it |`, '|---|---|---|---|---|'];
  return [`## ${title}`, '', ...head, ...lines].join('\n');
}

function flat({ title, unit, baseline, rows }: Section) {
  return {
    title,
    unit,
    baseline,
    rows: rows.map(({ what, per, measured }) => ({
      what,
      ...Object.fromEntries(
        measured.map(({ name, medianNs, p10Ns, p90Ns, rounds }) => {
          const figure = (ns: number) => Number((ns / per / nsPer[unit]).toPrecision(5));
          return [name, { median: figure(medianNs), p10: figure(p10Ns), p90: figure(p90Ns), rounds }];
        }),
      ),
    })),
  };
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value < 0.1 ? 4 : 2);
}
