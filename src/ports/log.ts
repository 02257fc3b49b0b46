/** One line of a structured log: JSON-safe, for a machine to read. */
export interface LogLine {
  readonly level: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  /** What happened, in the same words every time; what differs is in the fields. */
  readonly message: string;
  readonly executionId?: string;
  readonly taskId?: string;
  /** Milliseconds since the Unix epoch, by the clock of the home. */
  readonly atMs: number;
  readonly fields: { readonly [name: string]: string | number | boolean };
}

/** Where lines go. */
export type LogSink = (line: LogLine) => void;

/** Tells the sink, if there is one. What it throws is its owner's to see, and stops nothing. */
export function tell(sink: LogSink | undefined, line: LogLine): void {
  try {
    sink?.(line);
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}
