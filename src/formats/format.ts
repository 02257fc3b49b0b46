import type { ErrorData } from '../errors.ts';
import type { AnyModule } from '../host/registry.ts';
import type { Program } from '../program/program.ts';
import type { Value } from '../program/value.ts';

/**
 * A file format that can be read as a program. Recognition is by content, never by file name:
 *
 *     const format = formats.find((each) => each.recognises(document));
 *     const { program, durations } = format.read(document, 'fallback-name');
 */
export interface Format {
  /** As it is shown to people, such as `WfFormat`. */
  readonly name: string;
  /** What a file of this format looks like, in a few words. */
  readonly looksLike: string;
  /** Whether the document means to be of this format; it may still be a bad one. Cheap, and true of one format at most. */
  recognises(document: unknown): boolean;
  /**
   * @param name what the program is called when the document does not say
   * @throws HeddleError with all the problems of the document in `errors`, each with its path in the document
   */
  read(document: unknown, name: string): ReadProgram;
}

export interface ReadProgram {
  /** Name of the format it was read from. */
  readonly format: string;
  /** Checked for shape; whether it can run is for validation and planning to say. */
  readonly program: Program;
  /** Expected or recorded duration of each node in `timeUnit`; absent when the file tells none: every node then weighs 1. */
  readonly durations?: ReadonlyMap<string, number>;
  /** `unit`: the file has no durations, lengths count nodes. */
  readonly timeUnit: TimeUnit;
  /** What else the file tells about a node and the engine does not use: sizes, machines, recorded load. By node id. */
  readonly annotations?: ReadonlyMap<string, Annotation>;
  /** Modules that the nodes name and that come with the format. */
  readonly modules: readonly AnyModule[];
  /** What was odd in the file and how it was understood. */
  readonly warnings: readonly ErrorData[];
}

export type TimeUnit = 's' | 'ms' | 'unit';
export type Annotation = { readonly [key: string]: Value };
