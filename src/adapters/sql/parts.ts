/** A Durable Object takes rows up to 2 MB; a part leaves room for the other columns. */
const partBytesMax = 2 ** 20;

/** Cuts bytes into parts that fit into a row; no bytes are one empty part. */
export function cut(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.byteLength <= partBytesMax) return [bytes];
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; at += partBytesMax) parts.push(bytes.subarray(at, at + partBytesMax));
  return parts;
}

/** @returns undefined when a part is missing */
export function joinParts(parts: readonly Uint8Array[], expected: number): Uint8Array | undefined {
  if (parts.length !== expected) return undefined;
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}
