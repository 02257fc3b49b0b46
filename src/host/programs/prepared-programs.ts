import type { PlanShape } from '../../engine/started-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import type { MaybePromise } from '../../ports/maybe-promise.ts';
import { programDigest } from '../../program/digest.ts';
import type { Program } from '../../program/program.ts';
import { planOf } from '../drive/boot.ts';
import type { ProgramSource } from '../execution-engine.ts';
import type { Home } from '../home.ts';
import { JsonPrint, ownJson } from '../values/json-copy.ts';
import { dataOf, parsed, readDocument } from './submission.ts';

/** Texts are compared with all that are kept, so only a few of a moderate length are. */
const textsMax = 16;
const textLengthMax = 256 * 1024;

interface Prepared {
  digest?: string;
  /** With and without the order that was found for it: whoever keeps something by a plan finds it again. */
  plan?: { readonly weights: PlanShape['weights']; readonly plan: Plan; readonly scheduled: Plan | undefined };
}

/**
 * Programs that were read before are not checked, hashed and planned again: what a program costs is paid once, not by every
 * execution. A program is known by the object it was handed in as, and is still compared with what that was then, because
 * objects change. Executions run a copy of it, so that nobody changes it under them.
 */
export class PreparedPrograms {
  readonly #home: Home;
  readonly #sources = new WeakMap<object, { readonly print: JsonPrint; readonly program: Program }>();
  readonly #texts = new Map<string, Program>();
  readonly #prepared = new WeakMap<Program, Prepared>();

  constructor(home: Home) {
    this.#home = home;
  }

  /** @throws HeddleError with every error of the program in `errors` */
  read(source: ProgramSource): MaybePromise<Program> {
    if (typeof source === 'string') return this.#readText(source);
    const document = dataOf(source);
    const known = this.#sources.get(source);
    if (known?.print.matches(document)) return known.program;
    const program = this.#check(document);
    const print = new JsonPrint(program);
    // The short form of a program is brought into the long one, and would never be the same.
    if (print.matches(document)) this.#sources.set(source, { print, program });
    return program;
  }

  digest(program: Program): string {
    const known = this.#prepared.get(program);
    if (known === undefined) return programDigest(program);
    known.digest ??= programDigest(program);
    return known.digest;
  }

  /** @param shape the same objects in it mean the same */
  plan(program: Program, { weights, schedule }: PlanShape = {}): Plan {
    const known = this.#prepared.get(program);
    const had = known?.plan?.weights === weights ? known?.plan : undefined;
    const plan = had?.plan ?? planOf(this.#home, program, { ...(weights !== undefined && { weights }) });
    const scheduled =
      schedule === undefined || had?.scheduled?.schedule === schedule ? had?.scheduled : { ...plan, schedule };
    if (known !== undefined) known.plan = { weights, plan, scheduled };
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
