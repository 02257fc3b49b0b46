import { useRef } from 'preact/hooks';
import type { ErrorData } from '../../src/errors.ts';
import { lineOfPath } from './line-of-path.ts';

export interface EditorProps {
  readonly text: string;
  readonly errors: readonly ErrorData[];
  readonly onChange: (text: string) => void;
}

/** A text with its line numbers; lines with errors are marked. Tab leaves the field, as keyboards expect. */
export function Editor({ text, errors, onChange }: EditorProps) {
  const numbers = useRef<HTMLPreElement>(null);
  const bad = new Set(errors.flatMap(({ path }) => lineOfPath(text, path ?? '') ?? []));
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
        aria-label="text of the program, YAML or JSON"
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
