import type { ExecutionResult } from '../src/host/execution-view.ts';
import { isRecord } from '../src/program/shape.ts';
import type { Value } from '../src/program/value.ts';
import { h } from './dom.ts';

/** Shows the result of an execution: quotations as quotations, pictures as pictures, the rest by name. */
export function showResult(container: HTMLElement, { status, result, error, metrics }: ExecutionResult): void {
  const figures = h(
    'p',
    { class: 'quiet' },
    `${metrics.tasksExecuted} tasks in ${Math.round(metrics.totalDuration)} ms · ${Math.round(metrics.resourceEfficiency * 100)} % of the workers' time used`,
  );
  if (status !== 'COMPLETED') {
    const why = error === undefined ? status.toLowerCase() : `${error.code}: ${error.message}`;
    container.replaceChildren(h('p', { class: 'error', 'data-testid': 'error' }, why), figures);
    return;
  }
  container.replaceChildren(...describe(result ?? null), figures);
}

function describe(result: Value): readonly HTMLElement[] {
  if (!isRecord(result)) return [h('p', {}, JSON.stringify(result))];
  const { answer, quotation, chapter, ...rest } = result;
  const elements: HTMLElement[] = [];
  if (typeof answer === 'string' && answer !== quotation) elements.push(h('p', { class: 'said' }, answer));
  if (typeof quotation === 'string') {
    elements.push(
      h('blockquote', { 'data-testid': 'quotation' }, quotation, h('cite', {}, `Moby-Dick, ${String(chapter)}`)),
    );
  }
  const named: HTMLElement[] = [];
  for (const [name, value] of Object.entries(rest)) {
    if (isPicture(value)) elements.push(draw(name, value));
    else
      named.push(
        h('dt', {}, name),
        h('dd', {}, typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : JSON.stringify(value)),
      );
  }
  return named.length === 0 ? elements : [...elements, h('dl', {}, ...named)];
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

function isPicture(value: unknown): value is Picture {
  return (
    isRecord(value) &&
    value.pixels instanceof Uint8ClampedArray &&
    typeof value.width === 'number' &&
    typeof value.height === 'number'
  );
}

function draw(name: string, { width, height, pixels }: Picture): HTMLElement {
  const canvas = h('canvas', { width, height, role: 'img', 'aria-label': name }) as HTMLCanvasElement;
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}
