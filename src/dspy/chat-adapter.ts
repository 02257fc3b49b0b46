import type { ChatMessage, ChatRequest } from '../ports/language-model.ts';
import { type Adapter, parseFailure } from './adapter.ts';
import { parseFieldValue } from './coerce.ts';
import type { Fields } from './example.ts';
import {
  describeFields,
  describeTask,
  fieldText,
  incompleteNote,
  notSupplied,
  orderDemos,
  placeholder,
  reminder,
  sections,
} from './field-text.ts';
import { allowsNone } from './field-type.ts';
import { historyField, turnsOf, withoutHistory } from './history.ts';
import { splitLines } from './python-text.ts';
import type { Field, Signature } from './signature.ts';

const header = /^\[\[ ## (\w+) ## \]\]/;

/**
 * DSPy's ChatAdapter: sections under `[[ ## name ## ]]`, in the messages and in the answer. Renders what DSPy 3 renders,
 * character for character (tests/adapters/test_chat_adapter.py of stanfordnlp/dspy).
 */
export class ChatAdapter implements Adapter {
  readonly name: 'chat' | 'json' = 'chat';

  format(signature: Signature, demos: readonly Fields[], inputs: Fields): readonly ChatMessage[] {
    const history = historyField(signature);
    const turns = history === undefined ? [] : turnsOf(inputs[history]);
    const shown = withoutHistory(signature);
    return [
      { role: 'system', content: this.system(signature) },
      ...orderDemos(signature, demos).flatMap(({ demo, isComplete }): ChatMessage[] => [
        { role: 'user', content: this.user(shown, demo, isComplete ? {} : { before: incompleteNote }) },
        { role: 'assistant', content: this.assistant(signature, demo, isComplete ? undefined : notSupplied) },
      ]),
      ...turns.flatMap((turn): ChatMessage[] => [
        { role: 'user', content: this.user(shown, turn) },
        { role: 'assistant', content: this.assistant(signature, turn, undefined) },
      ]),
      { role: 'user', content: this.user(shown, inputs, { after: this.requirements(signature) }) },
    ];
  }

  parse(signature: Signature, completion: string): Fields {
    const found = new Map<string, string[]>();
    let current: string[] = [];
    for (const line of splitLines(completion)) {
      const match = header.exec(line.trim());
      if (match === null) {
        current.push(line);
        continue;
      }
      const rest = line.trim().slice(match[0].length).trim();
      current = rest === '' ? [] : [rest];
      const name = match[1] ?? '';
      // The first section of a name wins; a later one is read and forgotten.
      if (!found.has(name)) found.set(name, current);
    }
    const given = new Map([...found].map(([name, lines]) => [name, lines.join('\n').trim()]));
    return readOutputs(this.name, signature, completion, (name) => given.get(name));
  }

  request(_signature: Signature): Partial<ChatRequest> {
    return {};
  }

  /** The text of a user message: the inputs, between what stands before and after. */
  user({ inputs }: Signature, values: Fields, { before, after }: { before?: string; after?: string } = {}): string {
    const given = inputs.filter(({ name }) => Object.hasOwn(values, name));
    const texts = given.map(({ name, type }) => [name, fieldText(values[name] ?? null, type)] as const);
    return [before, sections(texts).trim(), after]
      .filter((part) => part !== undefined && part !== '')
      .join('\n\n')
      .trim();
  }

  /** @param missing stands for an output that the values do not have */
  protected assistant({ outputs }: Signature, values: Fields, missing: string | undefined): string {
    const texts = outputs.map(({ name, type }) => [name, outputText(values, name, type, missing)] as const);
    return `${sections(texts)}\n\n[[ ## completed ## ]]\n`;
  }

  protected system(signature: Signature): string {
    return [describeFields(signature), this.structure(signature), describeTask(signature)].join('\n');
  }

  protected structure({ inputs, outputs }: Signature): string {
    return [
      'All interactions will be structured in the following way, with the appropriate values filled in.',
      ...[...inputs.map(asInput), ...outputs.map(asOutput)].map((section) => sections([section])),
      '[[ ## completed ## ]]',
    ].join('\n\n');
  }

  protected requirements({ outputs }: Signature): string {
    const named = outputs.map((field) => `\`[[ ## ${field.name} ## ]]\`${reminder(field)}`);
    return `Respond with the corresponding output fields, starting with the field ${named.join(', then ')}, and then ending with the marker for \`[[ ## completed ## ]]\`.`;
  }
}

export const asInput = (field: Field): readonly [string, string] => [field.name, placeholder(field, false)];
export const asOutput = (field: Field): readonly [string, string] => [field.name, placeholder(field, true)];

function outputText(values: Fields, name: string, type: Field['type'], missing: string | undefined): string {
  if (Object.hasOwn(values, name)) return fieldText(values[name] ?? null, type);
  return missing ?? fieldText(null, type);
}

/** Each output from what was written for it; one left out takes its default, or None where its type allows. @throws BAD_OUTPUT */
export function readOutputs(
  adapter: string,
  signature: Signature,
  completion: string,
  given: (name: string) => Fields[string] | undefined,
): Fields {
  const read = signature.outputs.map(({ name, type, default: value }): readonly [string, Fields[string]] => {
    const written = given(name);
    if (written !== undefined) {
      const parsed = parseFieldValue(written, type);
      if (parsed.ok) return [name, parsed.value];
      throw parseFailure(adapter, signature, completion, `the field ${name}: ${parsed.why}`);
    }
    if (value !== undefined) return [name, value];
    if (allowsNone(type)) return [name, null];
    throw parseFailure(adapter, signature, completion, `the field ${name} is missing`);
  });
  return Object.fromEntries(read);
}
