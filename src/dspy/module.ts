import type { Value } from '../program/value.ts';
import { Example, exampleOf, type Fields } from './example.ts';
import { Prediction } from './prediction.ts';
import type { Session } from './session.ts';
import { addUsage, noUsage } from './usage.ts';

/** What an optimiser can change: a predictor. Told by this mark, so that module.ts needs not know Predict. */
export const parameter: unique symbol = Symbol('dspy parameter');

export interface Parameter {
  readonly [parameter]: true;
  dumpState(): { readonly [key: string]: Value };
  /** Checks without changing anything. @throws as loadState does */
  checkState(state: unknown, path: string, options: LoadOptions): void;
  loadState(state: unknown, path: string, options: LoadOptions): void;
  reset(): void;
  demos: readonly Fields[];
}

export interface LoadOptions {
  /** Takes states of DSPy before 3.0 too, and converts them. Default false: refused, naming the missing key. */
  readonly migrate?: boolean;
  /** Keeps addresses of a saved model (`api_base`, `base_url`, `model_list`); only for files one trusts. */
  readonly allowUnsafeLmState?: boolean;
}

/**
 * A program written as code: predictors and other modules in its properties, and a `forward` that calls them.
 *
 * ```ts
 * class RAG extends Module {
 *   answer = new ChainOfThought('context: list[str], question -> answer');
 *   async forward({ question }: Fields, session: Session) {
 *     return this.answer.call({ context: await search(question), question }, session);
 *   }
 * }
 * ```
 */
export abstract class Module {
  /** Set by an optimiser. A compiled module inside another one is left alone. */
  compiled = false;

  abstract forward(inputs: Fields, session: Session): Promise<Prediction | Fields>;

  /** Runs forward; the prediction tells what the calls of it took. */
  async call(inputs: Fields | Example, session: Session): Promise<Prediction> {
    const own = session.fresh();
    const given = inputs instanceof Example ? inputs.inputs() : inputs;
    try {
      const answered = await this.forward(given, own);
      return new Prediction(exampleOf(answered), own.usage.total);
    } finally {
      for (const [model, usage] of Object.entries(own.usage.byModel)) session.usage.add(model, usage);
      session.trace.push(...own.trace);
    }
  }

  /** Every predictor with its path, once, under the first path it is found at: DSPy's names, and so the keys of a state. */
  namedPredictors(): readonly (readonly [path: string, predictor: Parameter])[] {
    const seen = new Set<unknown>();
    const found: (readonly [string, Parameter])[] = [];
    const add = (path: string, value: unknown): void => {
      if (isParameter(value)) {
        if (seen.has(value)) return;
        seen.add(value);
        found.push([path, value]);
      } else if (value instanceof Module && !value.compiled) {
        for (const [name, inner] of value.namedPredictors()) add(`${path}.${name}`, inner);
      }
    };
    if (isParameter(this)) add('self', this);
    for (const [name, value] of this.members()) {
      if (isParameter(value) || value instanceof Module) add(name, value);
      else if (Array.isArray(value)) value.forEach((item, index) => add(`${name}[${index}]`, item));
      else if (isPlain(value)) for (const [key, item] of Object.entries(value)) add(`${name}['${key}']`, item);
    }
    return found;
  }

  predictors(): readonly Parameter[] {
    return this.namedPredictors().map(([, predictor]) => predictor);
  }

  /**
   * A module of its own: predictors, modules, lists and plain objects inside are copied, whatever else it holds is shared.
   * A class with `#private` members has to override it.
   */
  copy(): this {
    return copyOf(this, new Map()) as this;
  }

  /** A copy whose predictors have no demonstrations and no model of their own. */
  resetCopy(): this {
    const copy = this.copy();
    for (const predictor of copy.predictors()) predictor.reset();
    return copy;
  }

  /** What `namedPredictors` looks through, in order. */
  protected members(): readonly (readonly [name: string, value: unknown])[] {
    return Object.entries(this);
  }
}

export function isParameter(value: unknown): value is Parameter {
  return typeof value === 'object' && value !== null && parameter in value;
}

/** The usage of several predictions together. */
export function usageOf(predictions: readonly (Prediction | null)[]) {
  return predictions.reduce((sum, each) => addUsage(sum, each?.usage ?? noUsage), noUsage);
}

function isPlain(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function copyOf(value: unknown, known: Map<unknown, unknown>): unknown {
  const before = known.get(value);
  if (before !== undefined) return before;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    known.set(value, list);
    for (const item of value) list.push(copyOf(item, known));
    return list;
  }
  if (!(value instanceof Module) && !isPlain(value)) return value;
  const copy: Record<string, unknown> = Object.create(Object.getPrototypeOf(value));
  known.set(value, copy);
  for (const [name, member] of Object.entries(value)) copy[name] = copyOf(member, known);
  return copy;
}
