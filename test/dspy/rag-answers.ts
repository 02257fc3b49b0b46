import type { ModelCall } from '../support/model-server.ts';
import { unlucky } from './rag.ts';

/** Who is asked about. */
export const askedAbout = ({ prompt }: ModelCall): string => /Where was (\w+) born\?/.exec(prompt)?.[1] ?? '';

/** Answers from the passages of the prompt, in the form the ChatAdapter asks for; wrong about the unlucky ones. */
export function ragAnswer(call: ModelCall): string {
  const name = askedAbout(call);
  const place = new RegExp(`${name} was born in (\\w+)`).exec(call.prompt)?.[1] ?? 'nowhere';
  const answer = unlucky.includes(name) ? 'Atlantis' : place;
  return `[[ ## reasoning ## ]]\nThe passages say so of ${name}.\n\n[[ ## answer ## ]]\n${answer}\n\n[[ ## completed ## ]]`;
}
