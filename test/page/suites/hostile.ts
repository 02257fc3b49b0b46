import { afterAll, beforeAll, expect, test } from 'vitest';
import { SeededRandom } from '../../../src/testing/seeded-random.ts';
import { launchStudio, openFile, runToEnd, type Studio, showTab } from '../studio.ts';

const act = 'window.attacked=1';
/** What has run scripts in other tools; each sets `window.attacked` where it is taken for more than text. */
const payloads: readonly string[] = [
  `<script>${act}</script>`,
  `<img src=x onerror=${act}>`,
  `<svg onload=${act}>`,
  `<svg><script>${act}</script></svg>`,
  `"><script>${act}</script>`,
  `'><img src=x onerror=${act}>`,
  `javascript:${act}`,
  `<a href="javascript:${act}" autofocus onfocus=${act}>x</a>`,
  `<iframe srcdoc="<script>parent.${act}</script>">`,
  `<style>@import 'javascript:${act}'</style>`,
  `<math><mtext><style><img src=x onerror=${act}></style></mtext></math>`,
  `<input autofocus onfocus=${act}>`,
  `<details open ontoggle=${act}>`,
  `\${${act}}`,
  `{{constructor.constructor('${act}')()}}`,
  `</textarea><script>${act}</script>`,
  `</title><script>${act}</script>`,
  `]]><script>${act}</script>`,
  `<!--><script>${act}</script>-->`,
  `<body onload=${act}>`,
  `&lt;script&gt;${act}&lt;/script&gt;`,
  `\u202e<script>${act}</script>`,
  `\u0000<script>${act}</script>`,
  `%3Cscript%3E${act}%3C/script%3E`,
  `<base href="javascript:${act}//">`,
  `<object data="javascript:${act}">`,
  `<embed src="data:text/html,<script>${act}</script>">`,
  `x" style="background:url(javascript:${act})" onmouseover="${act}`,
  `<template><script>${act}</script></template>`,
  `<img src="data:image/svg+xml,<svg onload=${act}>">`,
  'constructor',
  'hasOwnProperty',
  'toString',
];

const random = new SeededRandom(20261121);
/** Never the same twice: some alone, some inside others, some in the middle of plain text. */
function hostile(index: number): string {
  const pick = (): string => payloads[Math.floor(random.next() * payloads.length)] ?? '';
  const first = payloads[index % payloads.length] ?? '';
  if (index < payloads.length) return first;
  return random.next() < 0.5 ? `${first}${pick()} ${index}` : `task ${index} ${first}`;
}

const nodesEach = 10;

/** Hostile ids, names, summaries, outputs and error messages, ten nodes a program: 100 ids, 100 outputs. */
function hostileProgram(number: number): string {
  const nodes: Record<string, unknown> = {};
  for (let index = 0; index < nodesEach; index++) {
    const text = hostile(number * nodesEach + index);
    const last = index === nodesEach - 1;
    // Text that looks like an expression would be refused, which is another test.
    const what = text.replaceAll('${', '$ {');
    // Words that are no ids at all are refused, which is another test, too.
    nodes[/^\w+$/.test(text) ? `${text} ` : text] = last
      ? { module: 'chaos.flaky', with: { what, failures: 9, ms: 0 }, summary: text, critical: false }
      : { module: 'chaos.steady', with: { what, ms: 0 }, summary: text };
  }
  const name = hostile(number);
  return JSON.stringify({ heddle: 1, name, description: hostile(number + 7), tolerance: 'tolerant', nodes });
}

export interface HostileCounts {
  /** Of ten nodes each: ten ids and ten outputs. */
  readonly programs: number;
  readonly files: number;
  readonly bundles: number;
  readonly addresses: number;
}

/** Hostile ids, names, outputs, errors, files and addresses: no script runs, and the policy has nothing to report. */
export function hostileSuite({ programs, files, bundles, addresses }: HostileCounts): void {
  let studio: Studio;
  beforeAll(async () => {
    studio = await launchStudio();
  }, 60_000);
  afterAll(() => studio.close());

  test(`${programs * nodesEach * 2} ids and outputs are only ever text`, { timeout: 180_000 }, async () => {
    const { page, complaints } = await studio.open();
    let shown = 0;
    for (let number = 0; number < programs; number++) {
      const text = hostileProgram(number);
      await openFile(page, `${hostile(number)}.json`.replaceAll('/', ' '), text);
      await page.waitForFunction(
        (nodes) => document.querySelectorAll('#graph [data-node]').length === nodes,
        nodesEach,
      );
      expect(await page.isEnabled('#run'), String(await page.textContent('#notice'))).toBe(true);
      expect(await runToEnd(page)).toBe('COMPLETED');
      const ids = Object.keys((JSON.parse(text) as { nodes: object }).nodes);
      for (const id of ids) {
        await page.selectOption('#task', id);
        if (id !== ids.at(-1)) await page.waitForSelector('[data-what=output] .leaf');
        shown++;
      }
    }
    expect(shown).toBe(programs * nodesEach);
    await showTab(page, 'executions');
    await page.waitForSelector('[data-testid=executions] li');
    await showTab(page, 'programs');
    expect(await planted(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test(`${files} hostile files are refused or shown, and nothing runs`, { timeout: 120_000 }, async () => {
    const { page, complaints } = await studio.open();
    for (let number = 0; number < files; number++) {
      const text = hostile(number);
      const notice = `file ${number}`;
      await page.evaluate((said) => document.querySelector('#notice')?.setAttribute('data-file', said), notice);
      const content = [
        text,
        JSON.stringify({ [text]: text, nodes: { [text]: { module: text } } }),
        `heddle: 1\nname: ${JSON.stringify(text)}\nnodes:\n  a: { module: ${JSON.stringify(text)} }\n`,
        JSON.stringify({ heddle: 1, name: text, nodes: { [text]: { module: text, needs: [text] } }, [text]: 1 }),
      ][number % 4];
      await openFile(page, 'program.yaml', content ?? '');
      await page.waitForFunction(() => !/^(Press Run|)\.?$/.test(document.querySelector('#notice')?.textContent ?? ''));
      expect(await page.isEnabled('#run')).toBe(false);
    }
    await showTab(page, 'programs');
    await page.waitForSelector('.problems li');
    await showTab(page, 'executions');
    for (const text of payloads.slice(0, bundles)) {
      await openFile(page, 'bundle.heddle', text, 'text=Import…');
      await page.waitForFunction(() => document.querySelector('[data-testid=executions-notice]')?.textContent !== '');
    }
    expect(await planted(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a hostile address opens nothing', async () => {
    for (const text of payloads.slice(0, addresses)) {
      const { page, complaints } = await studio.open({}, `${studio.url}#/run/${encodeURIComponent(text)}`);
      await page.waitForFunction(() => (document.querySelector('#notice')?.textContent ?? '') !== '');
      expect(await planted(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  }, 120_000);
}

/** Elements that the page itself never makes, and whether a script ran. */
function planted(page: { evaluate<T>(work: () => T): Promise<T> }): Promise<readonly string[]> {
  return page.evaluate(() => {
    const found = [
      ...document.querySelectorAll('#app :is(script, img, iframe, style, object, embed, base, math, template, a)'),
      ...[...document.querySelectorAll('#app *')].filter((element) =>
        element.getAttributeNames().some((name) => name.startsWith('on')),
      ),
    ].map((element) => element.outerHTML);
    return 'attacked' in window ? [...found, 'a script ran'] : found;
  });
}
