import type { ErrorData } from '../errors.ts';

/** The part of a process's stream that is needed. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface OutputOptions {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Documents instead of tables. */
  readonly json: boolean;
}

/** Results go to standard output, problems and progress to standard error. */
export class Output {
  readonly json: boolean;
  readonly #stdout: TextSink;
  readonly #stderr: TextSink;
  #barShown = false;

  constructor({ stdout, stderr, json }: OutputOptions) {
    this.json = json;
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  /** One JSON document on one line. */
  document(value: unknown): void {
    this.#clearBar();
    this.#stdout.write(`${JSON.stringify(value, asJson)}\n`);
  }

  /** A value for a person: JSON on many lines. */
  pretty(value: unknown): void {
    this.#clearBar();
    this.#stdout.write(`${JSON.stringify(value, asJson, 2)}\n`);
  }

  line(text = ''): void {
    this.#clearBar();
    this.#stdout.write(`${printable(text)}\n`);
  }

  /** Columns as wide as their widest cell; cells that are numbers stand to the right. */
  table(header: readonly string[], rows: ReadonlyArray<readonly (string | number)[]>): void {
    const cells = [header, ...rows].map((row) => row.map((cell) => printable(String(cell))));
    const widths = header.map((_, column) =>
      cells.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
    );
    const toRight = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
    for (const row of cells) {
      const padded = row.map((cell, column) =>
        toRight[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      );
      this.line(padded.join('  ').trimEnd());
    }
  }

  /** What is wrong, where, and what to do, for a person; `where` is the file. */
  problem({ code, path, message, hint }: ErrorData, where?: string): void {
    const place = [where, path].filter((part) => part !== undefined).join(' ');
    this.#tell(`heddle: ${code}${place === '' ? '' : ` ${place}`}: ${message}`);
    if (hint !== undefined) this.#tell(`  hint: ${hint}`);
  }

  warning({ path, message }: ErrorData, where?: string): void {
    const place = [where, path].filter((part) => part !== undefined).join(' ');
    this.#tell(`heddle: note${place === '' ? '' : ` ${place}`}: ${message}`);
  }

  /** Something worth knowing that is not wrong. */
  note(text: string): void {
    this.#tell(`heddle: ${text}`);
  }

  #tell(text: string): void {
    this.#clearBar();
    this.#stderr.write(`${printable(text)}\n`);
  }

  /** Draws the progress bar over the last one, where standard error is a terminal. `fraction` is 0 to 1. */
  progress(fraction: number, label: string): void {
    if (this.#stderr.isTTY !== true) return;
    const text = ` ${(fraction * 100).toFixed(0).padStart(3)} % ${printable(label)}`;
    const width = Math.max(0, Math.min(40, (this.#stderr.columns ?? 80) - text.length - 3));
    const filled = Math.round(width * Math.min(1, Math.max(0, fraction)));
    const bar = `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`;
    this.#stderr.write(`\r\u001b[2K${bar}${text}`.slice(0, (this.#stderr.columns ?? 80) + 4));
    this.#barShown = true;
  }

  #clearBar(): void {
    if (!this.#barShown) return;
    this.#stderr.write('\r\u001b[2K');
    this.#barShown = false;
  }
}

/** Text from a file as it may stand on a terminal: control characters, which could drive it, are shown by number. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\t' ? ' ' : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** Bytes are base64 in JSON, other typed arrays lists of numbers. */
function asJson(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float64Array) : value;
}

const decimals = new Intl.NumberFormat('en', { maximumFractionDigits: 3, useGrouping: false });

/** A length in the unit of the file, for a person. */
export function length(value: number, unit: 's' | 'ms' | 'unit'): string {
  return unit === 'unit' ? decimals.format(value) : `${decimals.format(value)} ${unit}`;
}
