/** How many durations of a node one record keeps. */
export const samplesMax = 64;

/**
 * A bounded, evenly spread sample of a stream: every n-th value, n doubling whenever the sample is full. The same stream
 * always gives the same sample.
 */
export class Samples {
  readonly #kept: number[] = [];
  #stride = 1;
  #seen = 0;

  add(value: number): void {
    if (this.#seen++ % this.#stride !== 0) return;
    if (this.#kept.length === samplesMax) {
      this.#stride *= 2;
      for (let index = 0; index < samplesMax / 2; index++) this.#kept[index] = this.#kept[index * 2] ?? 0;
      this.#kept.length = samplesMax / 2;
    }
    this.#kept.push(value);
  }

  get kept(): readonly number[] {
    return this.#kept;
  }
}
