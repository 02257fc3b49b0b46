import type { Value } from '../program/value.ts';
import type { Fields } from './example.ts';
import type { Signature } from './signature.ts';

/** The field of type `History`, if the signature has one: `{ messages: [{ question, answer }, ...] }`. */
export function historyField(signature: Signature): string | undefined {
  return signature.inputs.find(({ type }) => type.kind === 'named' && type.name === 'History')?.name;
}

/** The turns of a history, oldest first; none when it is not there. */
export function turnsOf(history: Value | undefined): readonly Fields[] {
  const messages = (history as { readonly messages?: Value } | null | undefined)?.messages;
  return Array.isArray(messages) ? (messages as readonly Fields[]) : [];
}

/** The signature without its history, which is told as turns and not as a field of a message. */
export function withoutHistory(signature: Signature): Signature {
  const name = historyField(signature);
  if (name === undefined) return signature;
  return Object.assign(Object.create(Object.getPrototypeOf(signature)), signature, {
    inputs: signature.inputs.filter((field) => field.name !== name),
  });
}
