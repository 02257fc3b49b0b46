import { h } from './dom.ts';
import type { ExecutionModel } from './execution-model.ts';

const linesMax = 200;

/** The last events, newest at the bottom. */
export class LogView {
  readonly #list: HTMLElement;
  #shown = 0;

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  clear(): void {
    this.#shown = 0;
    this.#list.replaceChildren();
  }

  render({ log }: ExecutionModel): void {
    const startMs = log[0]?.timestamp.getTime() ?? 0;
    const fresh = log.slice(Math.max(this.#shown, log.length - linesMax));
    this.#shown = log.length;
    if (fresh.length === 0) return;
    for (const { id, timestamp, type, description } of fresh) {
      const sinceMs = `${timestamp.getTime() - startMs} ms`;
      this.#list.append(
        h(
          'li',
          { 'data-type': type },
          h('span', { class: 'id' }, id),
          h('time', {}, sinceMs),
          h('span', {}, description),
        ),
      );
    }
    while (this.#list.childElementCount > linesMax) this.#list.firstElementChild?.remove();
    this.#list.scrollTop = this.#list.scrollHeight;
  }
}
