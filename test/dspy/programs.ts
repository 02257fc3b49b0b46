import { ChainOfThought, type Fields, Module, Predict, ReAct, type Session } from '../../src/dspy.ts';
import { defineModule } from '../../src/ports/module.ts';

/** The programs that DSPy's states of ../shared/data/dspy were saved from, as far as their states tell. */

export const searchWikipedia = defineModule<{ query: string }, string>({
  name: 'search_wikipedia',
  version: '1',
  input: { type: 'object', required: ['query'], properties: { query: { type: 'string' } } },
  run: ({ query }) => `found nothing on ${query}`,
});

export const wikipediaReAct = (): ReAct => new ReAct('question -> answer', { tools: [searchWikipedia] });

class Rlm extends Module {
  generate_action = new Predict('variables_info, repl_history, iteration -> reasoning, code');
  extract = new Predict('variables_info, repl_history -> total_cents: int');
  forward(inputs: Fields, session: Session) {
    return this.extract.call(inputs, session);
  }
}

export class InvoiceTotal extends Module {
  rlm = new Rlm();
  forward(inputs: Fields, session: Session) {
    return this.rlm.call(inputs, session);
  }
}

export class BasicMultiHop extends Module {
  generate_query = [
    new ChainOfThought('context, question -> search_query'),
    new ChainOfThought('context, question -> search_query'),
  ];
  generate_answer = new ChainOfThought('context, question -> answer');
  forward(inputs: Fields, session: Session) {
    return this.generate_answer.call(inputs, session);
  }
}

export class Scone extends Module {
  generate_answer = new ChainOfThought('context, question -> answer');
  forward(inputs: Fields, session: Session) {
    return this.generate_answer.call(inputs, session);
  }
}

export class Gsm8k extends Module {
  prog = new ChainOfThought('question -> answer');
  forward(inputs: Fields, session: Session) {
    return this.prog.call(inputs, session);
  }
}
