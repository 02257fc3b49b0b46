import approval from '../../src/samples/approval.yaml?data';
import chaos from '../../src/samples/chaos.yaml?data';
import image from '../../src/samples/image.yaml?data';
import questionAnswering from '../../src/samples/question-answering.yaml?data';

/** What the texts of the samples say, by name: the page starts without a parser of YAML. */
export const sampleData: Readonly<Record<string, unknown>> = {
  'question-answering': questionAnswering,
  image,
  chaos,
  approval,
};
