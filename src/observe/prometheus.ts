import { HeddleError } from '../errors.ts';

/** A metric family: one name, its samples told apart by their labels. */
export type MetricFamily = NumberFamily | HistogramFamily;

export interface NumberFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly samples: readonly { readonly labels?: Labels; readonly value: number }[];
}

export interface HistogramFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'histogram';
  readonly samples: readonly HistogramSample[];
}

export interface HistogramSample {
  readonly labels?: Labels;
  /** Upper bounds, rising, without +Inf. */
  readonly bounds: readonly number[];
  /** Observations in each bucket alone, not added up; one more than there are bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

export type Labels = Readonly<Record<string, string>>;

/** `Content-Type` of what {@link prometheusText} gives. */
export const prometheusContentType = 'text/plain; version=0.0.4; charset=utf-8';

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelName = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * The families in Prometheus' text exposition format 0.0.4. Nothing is sorted: what is given first is written first.
 *
 * @throws BAD_INPUT for names the format does not allow, and for families or samples that occur twice
 */
export function prometheusText(families: readonly MetricFamily[]): string {
  const seen = new Set<string>();
  return families.map((family) => familyText(family, seen)).join('');
}

function familyText(family: MetricFamily, seen: Set<string>): string {
  const { name, help, type } = family;
  if (!metricName.test(name)) throw refused(`${JSON.stringify(name)} cannot be the name of a metric`);
  if (seen.has(name)) throw refused(`the metric ${name} occurs twice`);
  seen.add(name);
  const lines = family.type === 'histogram' ? family.samples.flatMap((sample) => histogramLines(name, sample)) : [];
  if (family.type !== 'histogram') {
    for (const { labels, value } of family.samples) lines.push(`${name}${labelText(labels)} ${numberText(value)}`);
  }
  for (const line of lines) {
    const series = line.slice(0, line.lastIndexOf(' '));
    if (seen.has(`sample ${series}`)) throw refused(`the sample ${series} occurs twice`);
    seen.add(`sample ${series}`);
  }
  return [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...lines].map((line) => `${line}\n`).join('');
}

function histogramLines(name: string, { labels = {}, bounds, counts, sum }: HistogramSample): string[] {
  if ('le' in labels) throw refused(`the label le of the histogram ${name} is its own`);
  if (counts.length !== bounds.length + 1) {
    throw refused(`the histogram ${name} has ${bounds.length} bounds and ${counts.length} counts, not one more`);
  }
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    const le = numberText(bounds[index] ?? Number.POSITIVE_INFINITY);
    return `${name}_bucket${labelText({ ...labels, le })} ${numberText(total)}`;
  });
  const own = labelText(labels);
  return [...buckets, `${name}_sum${own} ${numberText(sum)}`, `${name}_count${own} ${numberText(total)}`];
}

function labelText(labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    if (!labelName.test(name)) throw refused(`${JSON.stringify(name)} cannot be the name of a label`);
    return `${name}="${escapeLabel(value)}"`;
  });
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

/** As Go reads it. */
function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

function refused(message: string): HeddleError {
  return new HeddleError({ code: 'BAD_INPUT', message });
}
