import { type ErrorData, HeddleError } from '../errors.ts';
import type { ChatMessage, ChatRequest } from '../ports/language-model.ts';
import type { Fields } from './example.ts';
import type { Signature } from './signature.ts';

/** Turns a signature, its demonstrations and inputs into messages, and what the model wrote back into fields. */
export interface Adapter {
  readonly name: 'chat' | 'json';
  format(signature: Signature, demos: readonly Fields[], inputs: Fields): readonly ChatMessage[];
  /** @throws BAD_OUTPUT that says which field is missing or does not fit, with the model's text in its details */
  parse(signature: Signature, completion: string): Fields;
  /** What the request asks beyond its messages. */
  request(signature: Signature): Partial<ChatRequest>;
}

/** What a model wrote is not what the signature asks for. Another try may give another answer. */
export function parseFailure(adapter: string, signature: Signature, completion: string, why: string): HeddleError {
  const data: ErrorData = {
    code: 'BAD_OUTPUT',
    message: `the ${adapter} adapter cannot read the model's answer to ${signature}: ${why}`,
    hint: 'look at details.completion; a demonstration or a stronger model may help',
    retryable: true,
    details: { completion: completion.slice(0, 2000), expected: signature.outputs.map(({ name }) => name) },
  };
  return new HeddleError(data);
}
