import { HeddleError } from '../errors.ts';
import type { AnyModule } from '../host/registry.ts';
import { createJsKernel } from '../kernel/js-kernel.ts';
import type { Program as ProgramFile } from '../program/program.ts';
import { isRecord } from '../program/shape.ts';
import { didYouMean } from '../program/suggest.ts';
import type { Value } from '../program/value.ts';
import { exampleOf, type Fields } from './example.ts';
import { Module } from './module.ts';
import { outputFields, type Part, type PartPolicies } from './part.ts';
import { Prediction } from './prediction.ts';
import { type ProgramFileOptions, programFile } from './program-file.ts';
import type { Session } from './session.ts';
import { runTool } from './tool.ts';

/** What a compiler of programs is: an optimiser of this library, or anything that gives a new program. */
export interface Optimizer<Options> {
  compile<P extends Module>(student: P, options: Options): Promise<P>;
}

/**
 * Modules with declared dependencies. It runs here by `call`, and as a Heddle program, durable and parallel, on any engine:
 * `toJSON()` is the program file, `heddleModules(..)` (heddle-modules.ts) the modules it names.
 *
 * ```ts
 * const rag = new Program('rag')
 *   .addModule('retriever', searchBm25)
 *   .addModule('generator', new ChainOfThought('hits, question -> answer'), ['retriever']);
 * await engine.execute(rag, { question: 'Who is Queequeg?' });
 * ```
 */
export class Program extends Module {
  readonly name: string;
  readonly modules: { [name: string]: Part } = {};
  readonly policies: { [name: string]: PartPolicies } = {};
  /** Inputs that must be given; dependencies may name them too. */
  readonly inputs: readonly string[];

  constructor(name: string, { inputs = [] }: { readonly inputs?: readonly string[] } = {}) {
    super();
    this.name = name;
    this.inputs = inputs;
  }

  /** @throws DUPLICATE_ID */
  addModule(name: string, module: Part, dependencies: readonly string[] | PartPolicies = []): this {
    if (Object.hasOwn(this.modules, name)) {
      throw new HeddleError({
        code: 'DUPLICATE_ID',
        message: `the program ${this.name} has a module ${name} already`,
        path: `nodes.${name}`,
        hint: 'give one of them another name',
      });
    }
    this.modules[name] = module;
    this.policies[name] = Array.isArray(dependencies) ? { needs: dependencies } : (dependencies as PartPolicies);
    return this;
  }

  /** What each module depends on. */
  get executionGraph(): { readonly [name: string]: readonly string[] } {
    return Object.fromEntries(Object.keys(this.modules).map((name) => [name, this.policies[name]?.needs ?? []]));
  }

  /** Every module after all it depends on, otherwise as they were added. @throws CYCLE, SELF_LOOP, UNKNOWN_NODE */
  executionOrder(): readonly string[] {
    const names = Object.keys(this.modules);
    const indexOf = new Map(names.map((name, index) => [name, index]));
    const [from, to]: [number[], number[]] = [[], []];
    for (const [name, needs] of Object.entries(this.executionGraph)) {
      for (const need of needs) {
        const source = indexOf.get(need);
        if (need === name)
          throw new HeddleError({ code: 'SELF_LOOP', message: `the module ${name} depends on itself` });
        if (source === undefined && !this.inputs.includes(need)) throw this.unknown(name, need);
        if (source === undefined) continue;
        from.push(source);
        to.push(indexOf.get(name) ?? 0);
      }
    }
    const graph = createJsKernel().load({
      nodes: names.length,
      from: Uint32Array.from(from),
      to: Uint32Array.from(to),
    });
    const analysis = graph.analyse();
    graph.release();
    if (analysis.ok) return Array.from(analysis.order, (index) => names[index] ?? '');
    const cycle = Array.from(analysis.cycle, (index) => names[index] ?? '');
    throw new HeddleError({
      code: 'CYCLE',
      message: `the modules ${[...cycle, cycle[0]].join(' → ')} depend on each other`,
      hint: 'remove one of these dependencies',
      details: { cycle },
    });
  }

  /** Runs every module as soon as what it depends on has run. */
  async forward(inputs: Fields, session: Session): Promise<Prediction> {
    const absent = this.inputs.filter((name) => !Object.hasOwn(inputs, name));
    if (absent.length > 0) {
      throw new HeddleError({
        code: 'BAD_INPUT',
        message: `the program ${this.name} misses the inputs ${absent.join(', ')}`,
      });
    }
    const running = new Map<string, Promise<Fields>>();
    for (const name of this.executionOrder()) {
      const needs = (this.policies[name]?.needs ?? []).filter((need) => running.has(need));
      const run = async (): Promise<Fields> => {
        const outputs = await Promise.all(needs.map((need) => running.get(need) as Promise<Fields>));
        const results = Object.fromEntries(needs.map((need, index) => [need, outputs[index] ?? {}]));
        return this.run(name, this.prepareInputs(name, inputs, results), session);
      };
      running.set(name, run());
    }
    const outputs = await Promise.all(running.values());
    return this.aggregateResults(
      Object.fromEntries([...running.keys()].map((name, index) => [name, outputs[index] ?? {}])),
    );
  }

  /** What a module gets: the inputs, and over them the outputs of what it depends on, in the order of the dependencies. */
  prepareInputs(name: string, inputs: Fields, results: { readonly [name: string]: Fields }): Fields {
    const needs = this.policies[name]?.needs ?? [];
    return Object.assign({}, inputs, ...needs.map((need) => results[need] ?? {}));
  }

  /** The outputs of the modules nothing depends on; a module whose outputs are not known by name is one field. */
  aggregateResults(results: { readonly [name: string]: Fields }): Prediction {
    const fields = this.sinks().flatMap((name): [string, Value][] => {
      const output = results[name] ?? {};
      const known = outputFields(this.modules[name]);
      return known === undefined ? [[name, output]] : known.map((field) => [field, output[field] ?? null]);
    });
    return new Prediction(Object.fromEntries(fields));
  }

  /** The modules nothing depends on. */
  sinks(): readonly string[] {
    const needed = new Set(Object.values(this.executionGraph).flat());
    return Object.keys(this.modules).filter((name) => !needed.has(name));
  }

  /** A compiled copy: what the optimiser makes of it, or without one the program as it is, marked so that others leave it alone. */
  async compile<Options>(optimizer?: Optimizer<Options>, options?: Options): Promise<this> {
    this.executionOrder();
    if (optimizer !== undefined) return optimizer.compile(this, options as Options);
    const copy = this.copy();
    copy.compiled = true;
    return copy;
  }

  /** The program file. */
  toJSON(): ProgramFile {
    return this.toProgram();
  }

  toProgram(options: ProgramFileOptions = {}): ProgramFile {
    this.executionOrder();
    return programFile(this, options);
  }

  protected override members(): readonly (readonly [string, unknown])[] {
    return Object.entries(this.modules);
  }

  protected async run(name: string, inputs: Fields, session: Session): Promise<Fields> {
    const part = this.modules[name];
    if (part instanceof Module) return exampleOf(await part.call(inputs, session)).fields;
    const output = await runTool(part as AnyModule, inputs, session);
    return isRecord(output) ? (output as Fields) : { [name]: output };
  }

  protected unknown(name: string, need: string): HeddleError {
    return new HeddleError({
      code: 'UNKNOWN_NODE',
      message: `the module ${name} depends on ${need}, which the program ${this.name} does not have`,
      path: `nodes.${name}.needs`,
      ...didYouMean(need, [...Object.keys(this.modules), ...this.inputs]),
    });
  }
}
