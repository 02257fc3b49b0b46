export type LogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

/** One line of a structured log: JSON-safe, for a machine to read. */
export interface LogLine {
  readonly level: LogLevel;
  /** What happened, in the same words every time; what differs is in the fields. */
  readonly message: string;
  readonly executionId?: string;
  readonly taskId?: string;
  /** Milliseconds since the Unix epoch, by the clock of the home. */
  readonly atMs: number;
  readonly fields: { readonly [name: string]: string | number | boolean };
}

/** Where lines go. */
export interface LogSink {
  (line: LogLine): void;
  /** It is told of nothing below this; INFO when absent. */
  readonly level?: LogLevel;
}

const levels: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];

/** A sink from that level on: `logFrom('DEBUG', sink)` is told of every step of every task, `logFrom('ERROR', sink)` of failures alone. */
export function logFrom(level: LogLevel, sink: (line: LogLine) => void): LogSink {
  return Object.assign((line: LogLine) => sink(line), { level });
}

export function wants(sink: LogSink | undefined, level: LogLevel): sink is LogSink {
  return sink !== undefined && levels.indexOf(level) >= levels.indexOf(sink.level ?? 'INFO');
}

/** Tells the sink, if there is one that wants it. What it throws is its owner's to see, and stops nothing. */
export function tell(sink: LogSink | undefined, line: LogLine): void {
  if (!wants(sink, line.level)) return;
  try {
    sink(line);
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}
