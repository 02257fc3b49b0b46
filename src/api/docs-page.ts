import { sha256Hex, utf8 } from '../program/digest.ts';
import { paramsOf } from './openapi.ts';
import type { Parameter, Route } from './route.ts';

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d1d1f;background:#fff}
h2{margin-top:2.5rem}article{border-top:1px solid #d2d2d7;padding:.75rem 0}h3{font:600 1rem ui-monospace,monospace;margin:0;overflow-wrap:anywhere}
code{font-family:ui-monospace,monospace;font-size:.9em}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.5rem 0}dt{font-family:ui-monospace,monospace}dd{margin:0}
p{margin:.25rem 0}@media(prefers-color-scheme:dark){body{color:#f5f5f7;background:#161617}article{border-color:#424245}a{color:#2997ff}}`;

/** The API for people: one page, no script, nothing from anywhere else. */
export function docsPage(routes: readonly Route[]): Response {
  const tags = [...new Set(routes.map(({ tag }) => tag))];
  const sections = tags.map(
    (tag) =>
      `<h2>${tag}</h2>${routes
        .filter((route) => route.tag === tag)
        .map(articleOf)
        .join('')}`,
  );
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Heddle API</title><style>${style}</style></head><body><main><h1>Heddle API</h1><p>The same as <a href="/v1/openapi.json">OpenAPI 3.1</a>. Errors are <code>application/problem+json</code>.</p>${sections.join('')}</main></body></html>`;
  return new Response(html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${base64Of(sha256Hex(utf8(style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
  });
}

function articleOf({ method, path, summary, role, operation, query = {}, headers = {}, body, answers }: Route): string {
  const parameters = [
    ...paramsOf(path).map((name) => [name, 'part of the path'] as const),
    ...told(query, 'query'),
    ...told(headers, 'header'),
  ];
  const rows = parameters.map(([name, text]) => `<dt>${escaped(name)}</dt><dd>${escaped(text)}</dd>`);
  const answered = Object.entries(answers).map(([status, { description }]) => `${status} ${description}`);
  const members = Object.keys(((body?.schema ?? {}) as { properties?: object }).properties ?? {});
  const sent =
    body === undefined
      ? ''
      : `<p>Body: ${body.kind === 'bundle' ? 'CBOR' : `JSON or YAML ${members.map((name) => `<code>${escaped(name)}</code>`).join(', ')}`}</p>`;
  return `<article id="${operation}"><h3>${method} ${escaped(path)}</h3><p>${escaped(summary)}. ${role === 'none' ? 'Open to everybody.' : `Needs the role <code>${role}</code>.`}</p><dl>${rows.join('')}</dl>${sent}<p>Answers: ${escaped(answered.join('; '))}</p></article>`;
}

function told(parameters: { readonly [name: string]: Parameter }, where: string) {
  return Object.entries(parameters).map(([name, { description }]) => [name, `${where}: ${description}`] as const);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function base64Of(hex: string): string {
  return btoa(hex.replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16))));
}
