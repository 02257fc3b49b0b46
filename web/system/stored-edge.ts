const name = 'heddle-edge';

/** The address that was connected last; keys are never kept. */
export function storedEdge(): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function storeEdge(url: string): void {
  try {
    localStorage.setItem(name, url);
  } catch {
    // A page that may not store it only has to be told again.
  }
}

export function isSafeKey(url: string, key: string): boolean {
  const { protocol, hostname } = new URL(url);
  return key === '' || protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1';
}
