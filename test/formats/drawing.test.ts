import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toDot, toMermaid } from '../../src/formats/index.ts';
import type { Program } from '../../src/program/program.ts';

const program: Program = {
  heddle: 1,
  name: 'a "drawing"',
  nodes: {
    fetch: { module: 'http.fetch', with: { url: 'https://example.org' } },
    'score it': { module: 'text.score', with: { text: '${fetch.body}' }, if: 'fetch.status == 200' },
    each: { module: 'wait', with: { ms: '${item}' }, forEach: { items: [1, 2] }, needs: ['fetch'] },
    inner: { program: 'other', needs: ['score it', 'each'] },
    approval: { waitFor: { event: 'ok' }, needs: ['inner'] },
    pause: { sleepMs: 5, needs: ['approval'] },
  },
};

test('Mermaid', () => {
  expect(toMermaid(program)).toBe(`flowchart TD
  n0["fetch<br>http.fetch"]
  n1["score it<br>text.score<br>if fetch.status == 200"]
  n2["each<br>wait<br>for each item"]
  n3[["inner<br>program other"]]
  n4(["approval<br>waits for ok"])
  n5(["pause<br>sleeps 5 ms"])
  n0 --> n1
  n0 -.-> n2
  n1 -.-> n3
  n2 -.-> n3
  n3 -.-> n4
  n4 -.-> n5
`);
});

test('DOT', () => {
  expect(toDot(program)).toBe(`digraph "a \\"drawing\\"" {
  node [fontname="sans-serif"];
  n0 [shape=box, label="fetch\\nhttp.fetch"];
  n1 [shape=box, label="score it\\ntext.score\\nif fetch.status == 200"];
  n2 [shape=box, label="each\\nwait\\nfor each item"];
  n3 [shape=component, label="inner\\nprogram other"];
  n4 [shape=ellipse, label="approval\\nwaits for ok"];
  n5 [shape=ellipse, label="pause\\nsleeps 5 ms"];
  n0 -> n1;
  n0 -> n2 [style=dashed];
  n1 -> n3 [style=dashed];
  n2 -> n3 [style=dashed];
  n3 -> n4 [style=dashed];
  n4 -> n5 [style=dashed];
}
`);
});

describe('whatever the ids are', () => {
  const ids = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), {
    minLength: 1,
    maxLength: 5,
  });
  const named = (list: readonly string[]): Program => ({
    heddle: 1,
    name: list[0] ?? 'x',
    nodes: Object.fromEntries(list.map((id) => [id, { module: 'm' }])),
  });

  test('Mermaid has one line a node, its label closed by the only quotes', () => {
    fc.assert(
      fc.property(ids, (list) => {
        const lines = toMermaid(named(list)).trimEnd().split('\n').slice(1);
        expect(lines).toHaveLength(Object.keys(named(list).nodes).length);
        for (const line of lines) expect(line).toMatch(/^ {2}n\d+\["(?:#\d+;|[^"#&`\\])+"\]$/u);
      }),
    );
  });

  test('DOT has one line a node, its label closed by the only bare quotes', () => {
    fc.assert(
      fc.property(ids, (list) => {
        const lines = toDot(named(list)).trimEnd().split('\n').slice(2, -1);
        expect(lines).toHaveLength(Object.keys(named(list).nodes).length);
        for (const line of lines)
          expect(line).toMatch(/^ {2}n\d+ \[shape=box, label="(?:\\[\\"n]|[^"\\\p{Cc}])+"\];$/u);
      }),
    );
  });
});
