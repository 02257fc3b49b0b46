import type { PlanShape } from '../../engine/started-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import type { MaybePromise } from '../../ports/maybe-promise.ts';
import type { Capacity } from '../../program/check-resources.ts';
import { programDigest } from '../../program/digest.ts';
import type { Program } from '../../program/program.ts';
import { isRecord } from '../../program/shape.ts';
import type { ModuleRegistry } from '../registry.ts';
import { JsonPrint, ownJson } from '../values/json-copy.ts';
import { type PlanningHome, planOf } from './plan-of.ts';
import type { ProgramSource } from './program-source.ts';
import { dataOf, parsed, readDocument } from './submission.ts';

/** What programs are checked against and planned with; of everything else in a home they know nothing, so that several may share them. */
export interface PreparingHome extends PlanningHome {
  readonly modules: ModuleRegistry;
  readonly resources?: { readonly capacity: Capacity } | undefined;
}

/** Texts are compared with all that are kept, so only a few of a moderate length are. */
const textsMax = 16;
const textLengthMax = 256 * 1024;
/** Data is compared with the last of its name, of so many names, each with so many nodes at the most. */
const namesMax = 16;
const namedNodesMax = 10_000;

interface Known {
  readonly print: JsonPrint;
  readonly program: Program;
}

interface Prepared {
  digest?: string;
  /** With and without the order that was found for it: whoever keeps something by a plan finds it again. */
  plan?: { readonly weights: JsonPrint; readonly plan: Plan; readonly scheduled: Plan | undefined };
}

/**
 * Programs that were read before are not checked, hashed and planned again: what a program costs is paid once, not by every
 * execution. A program is known by the object it was handed in as, and is still compared with what that was then, because
 * objects change. Executions run a copy of it, so that nobody changes it under them.
 */
export class PreparedPrograms {
  readonly #home: PreparingHome;
  readonly #sources = new WeakMap<object, Known>();
  /** Whoever hands in a program over the network hands in a new object each time. */
  readonly #named = new Map<string, Known>();
  readonly #texts = new Map<string, Program>();
  readonly #prepared = new WeakMap<Program, Prepared>();

  constructor(home: PreparingHome) {
    this.#home = home;
  }

  /** @throws HeddleError with every error of the program in `errors` */
  read(source: ProgramSource): MaybePromise<Program> {
    if (typeof source === 'string') return this.#readText(source);
    const document = dataOf(source);
    const known = this.#sources.get(source);
    if (known?.print.matches(document)) return known.program;
    const twin = this.#twin(document);
    if (twin !== undefined) return twin;
    const program = this.#check(document);
    const print = new JsonPrint(program);
    // The short form of a program is brought into the long one, and would never be the same.
    if (!print.matches(document)) return program;
    this.#sources.set(source, { print, program });
    this.#keepNamed({ print, program });
    return program;
  }

  /** The same program, of another object. */
  #twin(document: unknown): Program | undefined {
    const name = isRecord(document) ? document.name : undefined;
    const last = typeof name === 'string' ? this.#named.get(name) : undefined;
    return last?.print.matches(document) ? last.program : undefined;
  }

  #keepNamed(known: Known): void {
    const { name, nodes } = known.program;
    if (Object.keys(nodes).length > namedNodesMax) return;
    this.#named.delete(name);
    this.#named.set(name, known);
    for (const oldest of this.#named.keys()) if (this.#named.size > namesMax) this.#named.delete(oldest);
  }

  digest(program: Program): string {
    const known = this.#prepared.get(program);
    if (known === undefined) return programDigest(program);
    known.digest ??= programDigest(program);
    return known.digest;
  }

  /** @param shape equal weights mean the same, and the same schedule */
  plan(program: Program, { weights, schedule }: PlanShape = {}): Plan {
    const known = this.#prepared.get(program);
    const had = known?.plan?.weights.matches(weights) ? known.plan : undefined;
    const plan = had?.plan ?? planOf(this.#home, program, { ...(weights !== undefined && { weights }) });
    const scheduled =
      schedule === undefined || had?.scheduled?.schedule === schedule ? had?.scheduled : { ...plan, schedule };
    if (known !== undefined) known.plan = { weights: had?.weights ?? new JsonPrint(weights), plan, scheduled };
    return schedule === undefined ? plan : (scheduled ?? plan);
  }

  async #readText(text: string): Promise<Program> {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const program = this.#check(await parsed(text));
    if (text.length > textLengthMax) return program;
    this.#texts.set(text, program);
    for (const oldest of this.#texts.keys()) if (this.#texts.size > textsMax) this.#texts.delete(oldest);
    return program;
  }

  #check(document: unknown): Program {
    const { modules, resources } = this.#home;
    const program = ownJson(readDocument(document, modules, resources?.capacity ?? null));
    this.#prepared.set(program, {});
    return program;
  }
}
