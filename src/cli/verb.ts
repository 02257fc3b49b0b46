import type { Output } from './output.ts';

/** One verb of the command line. */
export interface Verb {
  readonly name: string;
  /** What stands after the verb, such as `FILE...`. */
  readonly operands: string;
  readonly operandsMin: number;
  readonly operandsMax: number;
  /** One line for the list of verbs. */
  readonly summary: string;
  readonly options: { readonly [name: string]: VerbOption };
  /**
   * @returns the exit status: 0 only when all that was asked for has happened
   * @throws UsageError for a bad command line; HeddleError for anything else that is wrong
   */
  run(args: Arguments, context: VerbContext): Promise<number>;
}

export interface VerbOption {
  /** How the value is called in the help; a flag has none. */
  readonly value?: string;
  readonly help: string;
}

export interface VerbContext {
  readonly output: Output;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Exit statuses, as shells know them. */
export const exitStatus = { success: 0, problem: 1, usage: 2, interrupted: 130, brokenPipe: 141 } as const;

/** The command line itself is wrong: told with the help of the verb. */
export class UsageError extends Error {}

/** What was given to a verb, read with its options. */
export class Arguments {
  constructor(
    readonly operands: readonly string[],
    private readonly values: { readonly [name: string]: string | boolean | undefined },
  ) {}

  /** The operand at that place; the command line was checked to have it. */
  operand(index: number): string {
    const operand = this.operands[index];
    if (operand === undefined) throw new UsageError(`operand ${index + 1} is missing`);
    return operand;
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  oneOf<const Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const choice = choices.find((each) => each === text);
    if (choice === undefined)
      throw new UsageError(`--${name} must be ${choices.join(' or ')}, not ${JSON.stringify(text)}`);
    return choice;
  }

  /** A whole number of 1 or more. */
  count(name: string, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const count = Number(text);
    if (!/^\d+$/.test(text) || count < 1 || count > max) {
      throw new UsageError(`--${name} must be a whole number from 1 to ${max}, not ${JSON.stringify(text)}`);
    }
    return count;
  }

  /** A number from 0 to `max`. @throws UsageError */
  amount(name: string, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const amount = Number(text);
    if (text.trim() === '' || !(amount >= 0 && amount <= max))
      throw new UsageError(`--${name} must be a number from 0 to ${max}, not ${JSON.stringify(text)}`);
    return amount;
  }
}
