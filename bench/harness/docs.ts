import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../.scripts/files.mjs';
import type { Environment } from './environment.ts';
import { type Target, targets } from './targets.ts';

interface Figure {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}

interface KeptSection {
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly ({ readonly what: string } & { readonly [contender: string]: Figure | string })[];
}

interface Kept {
  readonly environment: Environment;
  readonly quick?: boolean;
  readonly sections: readonly KeptSection[];
}

/**
 * Writes the figures of bench/results into docs/performance.md and README.md, between `<!-- bench:NAME -->` and
 * `<!-- /bench -->`: nobody copies a figure by hand. NAME is a question, `targets` or `headline`.
 */
export function writeTables(): void {
  for (const file of ['docs/performance.md', 'README.md']) {
    const path = join(root, file);
    if (!existsSync(path)) continue;
    const text = readFileSync(path, 'utf8').replace(
      /(<!-- bench:([\w-]+) -->\n)[\s\S]*?(<!-- \/bench -->)/g,
      (_, open: string, name: string, close: string) => `${open}${contentOf(name)}${close}`,
    );
    writeFileSync(path, text);
  }
}

function contentOf(name: string): string {
  if (name === 'targets') return targetTable(targets);
  if (name === 'headline') return targetTable(targets.filter(({ headline }) => headline));
  const kept = read(name);
  if (kept === undefined) return 'Not measured yet.\n';
  const { environment, sections, quick } = kept;
  const made = `${environment.cpu}, ${environment.cores} cores, Node ${environment.node}, ${environment.date.slice(0, 10)}`;
  const how = `${made}, commit ${environment.commit}, load ${environment.load}${quick ? ', a quick run' : ''}.`;
  return `\n${how}\n\n${sections.map(sectionTable).join('\n\n')}\n\n`;
}

function sectionTable({ title, unit, rows }: KeptSection): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row).filter((key) => key !== 'what')))];
  const head = `| ${unit} | ${names.join(' | ')} |\n|---|${names.map(() => '---|').join('')}`;
  const lines = rows.map((row) => {
    const cells = names.map((name) => {
      const figure = row[name];
      return typeof figure === 'object' ? `${digits(figure.median)} (${digits(figure.p10)}–${digits(figure.p90)})` : '';
    });
    return `| ${row.what} | ${cells.join(' | ')} |`;
  });
  return `**${title}**, median (p10–p90)\n\n${head}\n${lines.join('\n')}`;
}

function targetTable(shown: readonly Target[]): string {
  const lines = shown.map((target) => {
    const found = reached(target);
    const verdict = found === undefined ? 'not measured' : found <= target.atMost ? 'reached' : '**missed**';
    return `| ${target.what} | ${digits(target.atMost)} | ${found === undefined ? '' : digits(found)} | ${verdict} |`;
  });
  return `\n| what | at most | measured | |\n|---|---|---|---|\n${lines.join('\n')}\n\n${provenance(shown)}\n\n`;
}

/** Which run each question's figures are of: not all need be of the same, nor of the newest code, nor of an idle machine. */
function provenance(shown: readonly Target[]): string {
  const runs = new Map<string, string[]>();
  for (const name of new Set(shown.map(({ question }) => question))) {
    const kept = read(name);
    if (kept === undefined) continue;
    const { commit, date, load, cores } = kept.environment;
    const how = load > cores ? '**on a busy machine**' : 'on an idle machine';
    const run = `${date.slice(0, 10)}, commit ${commit}, ${kept.quick ? 'a quick run ' : ''}${how} of ${cores} cores`;
    runs.set(run, [...(runs.get(run) ?? []), name]);
  }
  const warning = [...runs.keys()].some((run) => run.includes('busy'))
    ? ' Figures of a busy machine are not fit to be quoted: others took part of its time, and took it unevenly.'
    : '';
  return `Measured: ${[...runs].map(([run, names]) => `${names.join(', ')}: ${run}`).join('; ')}.${warning}`;
}

function reached({ question, section, row, of, over }: Target): number | undefined {
  const rows = read(question)?.sections.find(({ title }) => title.startsWith(section))?.rows;
  const found = rows?.find(({ what }) => what === row);
  const ours = found?.[of];
  const theirs = typeof over === 'string' ? found?.[over] : { median: over };
  if (typeof ours !== 'object' || typeof theirs !== 'object') return undefined;
  return ours.median / theirs.median;
}

function read(question: string): Kept | undefined {
  const file = join(root, 'bench', 'results', `${question}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : undefined;
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  if (value >= 0.1 && value < 2) return String(Number(value.toFixed(4)));
  return value >= 2 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
}
