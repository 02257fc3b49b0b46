import type { ChatRequest } from '../ports/language-model.ts';
import { readLooseJson } from '../program/loose-json.ts';
import { isRecord } from '../program/shape.ts';
import type { Value } from '../program/value.ts';
import { parseFailure } from './adapter.ts';
import { asInput, asOutput, ChatAdapter, readOutputs } from './chat-adapter.ts';
import type { Fields } from './example.ts';
import { reminder, sections } from './field-text.ts';
import { pythonJson } from './python-text.ts';
import type { Signature } from './signature.ts';

/** DSPy's JSONAdapter: inputs in sections as the ChatAdapter has them, the answer one JSON object. */
export class JSONAdapter extends ChatAdapter {
  override readonly name = 'json';

  override parse(signature: Signature, completion: string): Fields {
    const read = readLooseJson(completion);
    if (!isRecord(read)) throw parseFailure(this.name, signature, completion, 'it is not a JSON object');
    const given = read as Fields;
    return readOutputs(this.name, signature, completion, (name) =>
      Object.hasOwn(given, name) ? given[name] : undefined,
    );
  }

  /** A schema where it can be closed; an open `dict` cannot, and is asked for by words alone. */
  override request(signature: Signature): Partial<ChatRequest> {
    return signature.outputs.some(({ type }) => type.kind === 'dict' || type.kind === 'any')
      ? {}
      : { schema: signature.outputSchema };
  }

  protected override assistant({ outputs }: Signature, values: Fields, missing: string | undefined): string {
    const members = outputs.map(({ name }): [string, Value] => [
      name,
      (Object.hasOwn(values, name) ? values[name] : missing) ?? null,
    ]);
    return pythonJson(Object.fromEntries(members), 2);
  }

  protected override structure({ inputs, outputs }: Signature): string {
    return [
      'All interactions will be structured in the following way, with the appropriate values filled in.',
      'Inputs will have the following structure:',
      sections(inputs.map(asInput)),
      'Outputs will be a JSON object with the following fields.',
      pythonJson(Object.fromEntries(outputs.map(asOutput)), 2),
    ].join('\n\n');
  }

  protected override requirements({ outputs }: Signature): string {
    return `Respond with a JSON object in the following order of fields: ${outputs.map((field) => `\`${field.name}\`${reminder(field)}`).join(', then ')}.`;
  }
}
