import type { TokenUsage } from '../ports/language-model.ts';
import { Example, type Fields } from './example.ts';

/** What a module answered: the output fields, and what they took. */
export class Prediction extends Example {
  /** Of the calls made for it; undefined when nobody counted. */
  readonly usage: TokenUsage | undefined;

  constructor(fields: Fields | Example, usage?: TokenUsage) {
    super(fields);
    this.usage = usage;
  }
}
