import { parseArgs } from 'node:util';
import { convertVerb } from './convert.ts';
import { commonOptions, generalHelp, verbHelp } from './help.ts';
import { errorsOf } from './load-program.ts';
import { Output, type TextSink } from './output.ts';
import { planVerb } from './plan.ts';
import { runVerb } from './run.ts';
import { serviceVerbs } from './service-verbs.ts';
import { simulateVerb } from './simulate.ts';
import { validateVerb } from './validate.ts';
import { Arguments, exitStatus, UsageError, type Verb } from './verb.ts';

export const verbs: readonly Verb[] = [validateVerb, planVerb, simulateVerb, runVerb, convertVerb, ...serviceVerbs];

export interface Streams {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
}

/** Runs one command line and answers with its exit status. Nothing is thrown: whatever goes wrong is told on `stderr`. */
export async function runCommandLine(
  argv: readonly string[],
  { stdout, stderr }: Streams,
  signal: AbortSignal,
): Promise<number> {
  const [name, ...rest] = argv;
  const verb = verbs.find((each) => each.name === name);
  if (verb === undefined) {
    const asked = name === '--help' || name === '-h' || name === 'help';
    if (!asked && name !== undefined) stderr.write(`heddle: there is no verb ${JSON.stringify(name)}\n\n`);
    (asked ? stdout : stderr).write(generalHelp(verbs));
    return asked ? exitStatus.success : exitStatus.usage;
  }
  try {
    const args = readArguments(verb, rest);
    if (args.flag('help')) {
      stdout.write(verbHelp(verb));
      return exitStatus.success;
    }
    const { operands } = args;
    if (operands.length < verb.operandsMin) throw new UsageError(`${verb.name} needs ${verb.operands}`);
    if (operands.length > verb.operandsMax)
      throw new UsageError(
        `${verb.name} takes ${verb.operands}, and not also ${JSON.stringify(operands[verb.operandsMax])}`,
      );
    return await perform(verb, args, new Output({ stdout, stderr, json: args.flag('json') }), signal);
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    stderr.write(`heddle: ${thrown.message}\n\n${verbHelp(verb)}`);
    return exitStatus.usage;
  }
}

function readArguments(verb: Verb, argv: readonly string[]): Arguments {
  const options = Object.entries({ ...verb.options, ...commonOptions }).map(
    ([option, { value }]) =>
      [option, { type: value === undefined ? ('boolean' as const) : ('string' as const) }] as const,
  );
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      options: Object.fromEntries(options),
      allowPositionals: true,
      strict: true,
    });
    return new Arguments(positionals, values as { [name: string]: string | boolean | undefined });
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

async function perform(verb: Verb, args: Arguments, output: Output, signal: AbortSignal): Promise<number> {
  try {
    return await verb.run(args, { output, signal });
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    for (const error of errorsOf(thrown)) output.problem(error);
    return signal.aborted ? exitStatus.interrupted : exitStatus.problem;
  }
}
