import approval from './approval.yaml';
import chaos from './chaos.yaml';
import image from './image.yaml';
import questionAnswering from './question-answering.yaml';
import { type ListedSample, sampleList } from './sample-list.ts';

/** A program to open with. */
export interface Sample extends ListedSample {
  /** The text of its file. */
  readonly program: string;
}

const texts: Readonly<Record<string, string>> = { 'question-answering': questionAnswering, image, chaos, approval };

export const samples: readonly Sample[] = sampleList.map((listed) => ({
  ...listed,
  program: texts[listed.name] ?? '',
}));
