import { useRef } from 'preact/hooks';
import type { LoadedProgram } from '../studio/load-program.ts';
import { lineOfPath } from './line-of-path.ts';

export interface EditorProps {
  readonly text: string;
  readonly loaded: LoadedProgram;
  readonly onChange: (text: string) => void;
}

/** A text with its line numbers; lines with errors are marked. Tab leaves the field, as keyboards expect. */
export function Editor({ text, loaded: { errors, lines: known }, onChange }: EditorProps) {
  const numbers = useRef<HTMLPreElement>(null);
  const bad = new Set(errors.flatMap(({ path }) => lineOfPath(text, path ?? '', known) ?? []));
  const lines = text.split('\n');
  return (
    <div class="editor">
      <pre ref={numbers} class="numbers" aria-hidden="true">
        {lines.map((_, index) => {
          const number = index + 1;
          return (
            <span key={index} class={bad.has(number) ? 'bad' : ''}>
              {bad.has(number) ? '✕' : ''}
              {number}
              {'\n'}
            </span>
          );
        })}
      </pre>
      <textarea
        id="editor"
        aria-label="text of the program, YAML, JSON or TypeScript"
        aria-describedby="problems-title"
        spellcheck={false}
        autocapitalize="off"
        wrap="off"
        value={text}
        onInput={(event) => onChange(event.currentTarget.value)}
        onScroll={(event) => {
          if (numbers.current !== null) numbers.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}
