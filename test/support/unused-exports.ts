import type { SourceFile } from './architecture.ts';

const exported = /^export (?:async )?(?:function\*?|const|let|class) ([A-Za-z_$][\w$]*)/gm;
const word = /[A-Za-z_$][\w$]*/g;

/**
 * What is exported and named in no other file: it is either dead or nobody else's business. Types are left alone: whoever calls a
 * function may want to name what it takes.
 * @param house files whose exports are looked at @param users all that may use them
 * @returns `path name`
 */
export function unusedExports(house: readonly SourceFile[], users: readonly SourceFile[]): readonly string[] {
  const filesWith = new Map<string, number>();
  for (const { text } of users)
    for (const name of new Set(text.match(word))) filesWith.set(name, (filesWith.get(name) ?? 0) + 1);
  return house.flatMap(({ path, text }) =>
    [...text.matchAll(exported)].flatMap(([, name = '']) =>
      (filesWith.get(name) ?? 0) > 1 ? [] : [`${path} ${name}`],
    ),
  );
}
