import type { AnyModule } from '../host/registry.ts';
import type { NodePolicies } from '../program/builder.ts';
import { ChainOfThought } from './chain-of-thought.ts';
import type { Module } from './module.ts';
import { Predict } from './predict.ts';
import { ReAct } from './react.ts';

/** What a program is made of: modules of this library, or any module of Heddle. */
export type Part = Module | AnyModule;

/** What a node says beyond its module; `needs` are the modules whose outputs it gets. */
export type PartPolicies = Omit<NodePolicies, 'forEach' | 'repeat' | 'if'>;

/** The predictor of a Predict or ChainOfThought, and its path inside it; undefined for a module that is more than one. */
export function predictorOf(part: Part | undefined): { readonly predict: Predict; readonly path: string } | undefined {
  if (part instanceof Predict) return { predict: part, path: 'self' };
  if (part instanceof ChainOfThought) return { predict: part.predict, path: 'predict' };
  return undefined;
}

/** Names of what a module gives, where they are known. */
export function outputFields(part: Part | undefined): readonly string[] | undefined {
  const signature = part instanceof ReAct ? part.extract.predict.signature : predictorOf(part)?.predict.signature;
  const names = signature?.outputs.map(({ name }) => name);
  return part instanceof ReAct && names !== undefined ? ['trajectory', ...names] : names;
}
