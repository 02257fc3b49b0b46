import type { TypedArray, Value } from '../../src/program/value.ts';
import { isPicture } from './picture.ts';
import { PictureView } from './picture-view.tsx';
import { SmallPlot } from './small-plot.tsx';

export interface ValueViewProps {
  readonly value: Value;
  readonly name: string;
  readonly depth?: number;
}

const plotMin = 8;
const entriesMax = 100;
const textMax = 2000;

/** Any value: pictures as pictures, lists of numbers as small plots, the rest as a tree. Only ever as text. */
export function ValueView({ value, name, depth = 0 }: ValueViewProps) {
  if (typeof value !== 'object' || value === null) return <Leaf value={value} />;
  if (isPicture(value)) {
    const { width, height, pixels, ...rest } = value;
    return (
      <div class="value">
        <PictureView picture={{ width, height, pixels }} name={name} />
        {Object.keys(rest).length > 0 ? <ValueView value={rest} name={name} depth={depth + 1} /> : null}
      </div>
    );
  }
  if (ArrayBuffer.isView(value)) {
    const numbers = value as TypedArray;
    return numbers.length < plotMin ? (
      <Leaf value={`[${numbers.join(', ')}]`} />
    ) : (
      <SmallPlot numbers={numbers} name={name} />
    );
  }
  if (Array.isArray(value) && isPlotted(value)) return <SmallPlot numbers={value as readonly number[]} name={name} />;
  return <Tree value={value as Tree} name={name} depth={depth} />;
}

/** Shown as a tree: neither text nor picture nor plot. */
function isTree(value: Value): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || isPicture(value)) return false;
  const { length } = Object.keys(value);
  return length > 0 && !(Array.isArray(value) && isPlotted(value));
}

const isPlotted = (value: readonly Value[]): boolean =>
  value.length >= plotMin && value.every((part) => typeof part === 'number');

type Tree = readonly Value[] | { readonly [key: string]: Value };

function Tree({ value, name, depth }: { readonly value: Tree; readonly name: string; readonly depth: number }) {
  const entries = Object.entries(value);
  if (entries.length === 0) return <Leaf value={Array.isArray(value) ? '[ ]' : '{ }'} />;
  const count = Array.isArray(value)
    ? `${entries.length} items`
    : entries.length === 1
      ? '1 member'
      : `${entries.length} members`;
  return (
    <details class="tree" open={depth < 2 && entries.length <= 12}>
      <summary>
        {name} <span class="quiet">{count}</span>
      </summary>
      <ul>
        {entries.slice(0, entriesMax).map(([key, part]) =>
          // A tree of its own names itself.
          isTree(part) ? (
            <li key={key}>
              <ValueView value={part} name={key} depth={depth + 1} />
            </li>
          ) : (
            <li key={key} class="member">
              <span class="key">{key}</span>
              <ValueView value={part} name={key} depth={depth + 1} />
            </li>
          ),
        )}
      </ul>
      {entries.length > entriesMax ? <p class="quiet">and {entries.length - entriesMax} more</p> : null}
    </details>
  );
}

function Leaf({ value }: { readonly value: string | number | boolean | null }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const shown = text.length > textMax ? `${text.slice(0, textMax)}…` : text;
  return <span class={`leaf ${value === null ? 'null' : typeof value}`}>{shown}</span>;
}
