import type { Value } from '../program/value.ts';

/** A program to open with, without its text. */
export interface ListedSample {
  readonly name: string;
  readonly title: string;
  readonly inputs: { readonly [name: string]: Value };
}

export const sampleList: readonly [ListedSample, ...ListedSample[]] = [
  {
    name: 'question-answering',
    title: 'Ask Moby-Dick',
    inputs: { question: "What was Queequeg's coffin used for?" },
  },
  { name: 'image', title: 'Measure a phantom', inputs: { size: 1024 } },
  { name: 'chaos', title: 'Survive bad services', inputs: { mood: 'rough' } },
  { name: 'approval', title: 'Ask a person', inputs: { item: 'lamp oil', amount: 12 } },
];
