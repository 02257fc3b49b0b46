import type { Verb, VerbOption } from './verb.ts';

/** Options every verb has. */
export const commonOptions: { readonly [name: string]: VerbOption } = {
  json: { help: 'print one JSON document (JSON lines for several files)' },
  help: { help: 'print this help' },
};

export function generalHelp(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map(({ name }) => name.length));
  return [
    'heddle: runs programs (DAGs of modules) durably',
    '',
    'usage: heddle VERB [OPTION...] FILE',
    '',
    ...verbs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'heddle VERB --help tells the options of a verb. FILE may be -, standard input.',
    'Exit status: 0 success, 1 a problem, 2 a bad command line, 130 interrupted.',
    '',
  ].join('\n');
}

export function verbHelp({ name, operands, summary, options }: Verb): string {
  const all = Object.entries({ ...options, ...commonOptions }).map(
    ([option, { value, help }]) => [`--${option}${value === undefined ? '' : ` ${value}`}`, help] as const,
  );
  const width = Math.max(...all.map(([left]) => left.length));
  return [
    `usage: heddle ${name} [OPTION...] ${operands}`,
    '',
    summary,
    '',
    ...all.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`),
    '',
  ].join('\n');
}
