import type { Program } from '../../program/program.ts';

/** A program in any of the ways one can be given: data, a builder, or the text of a JSON or YAML file. */
export type ProgramSource = Program | { toJSON(): unknown } | string | { readonly [key: string]: unknown };
