import type { Value } from '../program/value.ts';
import approval from './approval.yaml';
import chaos from './chaos.yaml';
import imageProgram from './image.yaml';
import questionAnswering from './question-answering.yaml';

/** A program to open with. */
export interface Sample {
  readonly name: string;
  readonly title: string;
  /** The text of its file. */
  readonly program: string;
  readonly inputs: { readonly [name: string]: Value };
}

export const samples: readonly Sample[] = [
  {
    name: 'question-answering',
    title: 'Ask Moby-Dick',
    program: questionAnswering,
    inputs: { question: "What was Queequeg's coffin used for?" },
  },
  { name: 'image', title: 'Measure a phantom', program: imageProgram, inputs: { size: 1024 } },
  { name: 'chaos', title: 'Survive bad services', program: chaos, inputs: { mood: 'rough' } },
  { name: 'approval', title: 'Ask a person', program: approval, inputs: { item: 'lamp oil', amount: 12 } },
];
