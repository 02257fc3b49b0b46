import type { Module } from './module.ts';
import { Program } from './program.ts';

/** A module as a program of declared modules: itself, or a program with it as its only part. */
export function asProgram(module: Module): Program {
  return module instanceof Program ? module : new Program('student').addModule('student', module);
}

/** The path of a predictor in the module, from its place in the program {@link asProgram} gives. */
export function predictorPath(module: Module, part: string, inside: string): string {
  if (module instanceof Program) return inside === 'self' ? part : `${part}.${inside}`;
  return inside;
}
