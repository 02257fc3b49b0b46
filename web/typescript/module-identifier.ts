/** What a module is called in TypeScript: `search.bm25` is `searchBm25`. */
export function identifierOf(moduleName: string): string {
  const [first = '', ...others] = moduleName.split(/[^A-Za-z0-9]+/).filter((part) => part !== '');
  return first + others.map((part) => (part[0] ?? '').toUpperCase() + part.slice(1)).join('');
}
