/**
 * The line that a path such as `nodes.answer.with` leads to, by the keys in their order: good for YAML and JSON as people
 * write them, and undefined where it is not found.
 */
export function lineOfPath(text: string, path: string): number | undefined {
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

function startsWith(line: string, key: string): boolean {
  const text = line.trimStart();
  return [key, `"${key}"`, `'${key}'`].some((name) => text.startsWith(name) && /^\s*:/.test(text.slice(name.length)));
}
