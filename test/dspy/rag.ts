import { ChainOfThought, Example, Program } from '../../src/dspy.ts';
import { searchPassages } from '../../src/modules/search-bm25.ts';
import { defineModule } from '../../src/ports/module.ts';

/**
 * A RAG program over a small corpus, its examples and its metric: what the compilations of these tests are about. The model
 * of the tests' server answers from the passages in its prompt (rag-answers.ts), so retrieval is part of what is tested.
 */
const people =
  'Ada Bela Cora Dora Edda Fred Gert Hans Ines Jana Karl Lena Mona Nils Olga Pina Rosa Sven Theo Ulla'.split(' ');
const places = 'Aachen Bonn Celle Dessau Essen Fulda Gera Halle Ingolstadt Jena'.split(' ');
const born = (index: number): string => places[(index * 7) % places.length] ?? '';

const corpus = people
  .flatMap((name, index) => [
    `${name} was born in ${born(index)} on a day in May.`,
    `${name} moved to ${born(index + 3)} after school.`,
    `The bakery of ${name} sells bread.`,
  ])
  .map((text, offset) => ({ offset, text }));

const retrieve = defineModule<{ question: string }, { context: readonly string[] }>({
  name: 'rag.retrieve',
  version: '1',
  description: 'passages that fit a question',
  run: ({ question }) => ({ context: searchPassages(question, corpus, 3).map(({ text }) => text) }),
});

export const rag = (): Program =>
  new Program('rag', { inputs: ['question'] })
    .addModule('retrieve', retrieve)
    .addModule('generate', new ChainOfThought('context: list[str], question -> answer'), ['retrieve']);

export const examples = people.map((name, index) =>
  new Example({ question: `Where was ${name} born?`, answer: born(index) }).withInputs('question'),
);

export const isRight = (example: Example, prediction: Example): boolean =>
  example.get('answer') === prediction.get('answer');

/** The options the compilations share: more wanted than can be found, so that all twenty examples are tried. */
export const bootstrapOptions = {
  metric: isRight,
  maxBootstrappedDemos: 16,
  maxLabeledDemos: 18,
  waveSize: 4,
  policies: { retry: { attempts: 3, delayMs: 10 } },
} as const;

/** People the model is wrong about, and so no demonstrations. */
export const unlucky: readonly string[] = ['Cora', 'Hans', 'Mona', 'Olga', 'Ulla'];
