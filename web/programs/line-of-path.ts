/**
 * The line that a path such as `nodes.answer.with` leads to, by the keys in their order: good for YAML and JSON as people
 * write them, and undefined where it is not found. Some errors tell the line itself, some readers are `known` to say it of every path.
 */
export function lineOfPath(text: string, path: string, known?: ReadonlyMap<string, number>): number | undefined {
  const told = /^line (\d+)/.exec(path)?.[1];
  if (told !== undefined) return Number(told);
  if (known !== undefined) return nearest(path, known);
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '' && key !== '$' && !/^\d+$/.test(key));
  if (keys.length === 0) return undefined;
  const lines = text.split('\n');
  let [line, found] = [0, -1];
  for (const key of keys) {
    const next = lines.findIndex((each, index) => index >= line && startsWith(each, key));
    if (next < 0) break;
    found = next;
    line = next;
  }
  return found < 0 ? undefined : found + 1;
}

/** The line of the path, or of what it is in. */
function nearest(path: string, lines: ReadonlyMap<string, number>): number | undefined {
  for (let part = path; part !== ''; part = part.replace(/(^|\.)[^.]*$/, '')) {
    const line = lines.get(part);
    if (line !== undefined) return line;
  }
  return undefined;
}

function startsWith(line: string, key: string): boolean {
  const text = line.trimStart();
  return [key, `"${key}"`, `'${key}'`].some((name) => text.startsWith(name) && /^\s*:/.test(text.slice(name.length)));
}
