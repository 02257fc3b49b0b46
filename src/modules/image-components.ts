import { defineModule } from '../ports/module.ts';
import { type Mask, type Plane, planeSchema } from './image.ts';

export interface Components extends Plane<Uint32Array> {
  readonly count: number;
  /** Pixels of each component; component k has the label k + 1. */
  readonly areas: Uint32Array;
}

/**
 * Labels the 8-connected components of a mask in two passes with union-find (Rosenfeld & Pfaltz 1966, with path halving).
 * Labels count from 1 in the order in which components are met, row by row; 0 is background.
 */
export const imageComponents = defineModule<{ readonly mask: Mask }, Components>({
  name: 'image.components',
  version: '1',
  description: 'labels connected components',
  kind: 'cpu',
  input: { type: 'object', required: ['mask'], properties: { mask: planeSchema } },
  run: ({ mask: { width, height, pixels } }) => {
    const labels = new Uint32Array(width * height);
    const parents = new Parents();
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const at = row * width + column;
        if (pixels[at] === 0) continue;
        const label = parents.joinAll(neighboursBefore(labels, width, row, column));
        labels[at] = label;
      }
    }
    const finals = parents.number();
    const areas = new Uint32Array(finals.count);
    for (let at = 0; at < labels.length; at++) {
      const label = finals.of[labels[at] as number] as number;
      labels[at] = label;
      if (label > 0) areas[label - 1] = (areas[label - 1] as number) + 1;
    }
    return { width, height, pixels: labels, count: finals.count, areas };
  },
});

/** Labels of the neighbours that come before in reading order: left, and the three above. */
function neighboursBefore(labels: Uint32Array, width: number, row: number, column: number): readonly number[] {
  const at = row * width + column;
  const found: number[] = [];
  const look = (index: number): void => {
    const label = labels[index] as number;
    if (label !== 0) found.push(label);
  };
  if (column > 0) look(at - 1);
  if (row > 0) {
    if (column > 0) look(at - width - 1);
    look(at - width);
    if (column < width - 1) look(at - width + 1);
  }
  return found;
}

class Parents {
  readonly #parents: number[] = [0];

  /** The one label of all of them, or a new one when there are none. */
  joinAll(labels: readonly number[]): number {
    const [first, ...others] = labels;
    if (first === undefined) return this.#parents.push(this.#parents.length) - 1;
    let root = this.#root(first);
    for (const label of others) {
      const other = this.#root(label);
      const [low, high] = [Math.min(root, other), Math.max(root, other)];
      this.#parents[high] = low;
      root = low;
    }
    return root;
  }

  /** Final numbers of all labels. */
  number(): { readonly of: Uint32Array; readonly count: number } {
    const of = new Uint32Array(this.#parents.length);
    let count = 0;
    for (let label = 1; label < of.length; label++) {
      const root = this.#root(label);
      of[label] = root === label ? ++count : (of[root] as number);
    }
    return { of, count };
  }

  #root(label: number): number {
    let at = label;
    while (this.#parents[at] !== at) {
      const parent = this.#parents[at] as number;
      this.#parents[at] = this.#parents[parent] as number;
      at = this.#parents[at] as number;
    }
    return at;
  }
}
