import { useEffect, useRef } from 'preact/hooks';
import { paletteOf, prepare } from '../styles/palette.ts';
import { rangeOf } from './picture.ts';

const size = { width: 260, height: 64 } as const;

/** A list of numbers as a line: of each column of pixels from its least to its greatest. */
export function SmallPlot({ numbers, name }: { readonly numbers: ArrayLike<number>; readonly name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [low, high] = rangeOf(numbers);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const context = prepare(element, size.width, size.height);
    if (context === null) return;
    const toY = (value: number): number => size.height - 3 - ((value - low) / (high - low || 1)) * (size.height - 6);
    context.strokeStyle = paletteOf(element).accent;
    context.lineWidth = 1.5;
    context.beginPath();
    for (let x = 0; x < size.width; x++) {
      const from = Math.floor((x / size.width) * numbers.length);
      const until = Math.max(from + 1, Math.floor(((x + 1) / size.width) * numbers.length));
      let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let index = from; index < until; index++) {
        least = Math.min(least, numbers[index] ?? 0);
        most = Math.max(most, numbers[index] ?? 0);
      }
      if (x === 0) context.moveTo(x, toY(most));
      context.lineTo(x, toY(most));
      context.lineTo(x, toY(least));
    }
    context.stroke();
  }, [numbers, low, high]);
  const told = `${name}: ${numbers.length} numbers from ${short(low)} to ${short(high)}`;
  return (
    <figure class="small-plot">
      <canvas ref={canvas} role="img" aria-label={told} />
      <figcaption>{told}</figcaption>
    </figure>
  );
}

const short = (value: number): string => String(Math.round(value * 1000) / 1000);
