import type { Module } from './module.ts';
import { predictorOf } from './part.ts';
import { Program } from './program.ts';

/** A module as a program of declared modules: itself, or a program with it as its only part. */
export function asProgram(module: Module): Program {
  return module instanceof Program ? module : new Program('student').addModule('student', module);
}

/**
 * The path of a predictor in the module, from its place in the program that {@link asProgram} gives. What is run as data tells
 * its predictor as `self`, whatever held it.
 */
export function predictorPath(module: Module, part: string, inside: string): string {
  const path = predictorOf(asProgram(module).modules[part])?.path ?? inside;
  if (!(module instanceof Program)) return path;
  return path === 'self' ? part : `${part}.${path}`;
}
