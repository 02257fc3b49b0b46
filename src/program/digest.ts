import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { encode } from './canonical.ts';
import type { Program } from './program.ts';
import type { Value } from './value.ts';

/** SHA-256 (FIPS 180-4) as lower-case hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

export function utf8(text: string): Uint8Array {
  return utf8ToBytes(text);
}

/**
 * Identity of a program: the digest of its canonical bytes. The order of nodes counts, because it breaks ties when tasks
 * are scheduled, so nodes are encoded as a list of [id, node] pairs. Texts for people (`description`, `summary`) do not count.
 */
export function programDigest(program: Program): string {
  const { description: _, nodes, ...rest } = program;
  const ordered = Object.entries(nodes).map(([id, { summary: __, ...node }]) => [id, node]);
  return sha256Hex(encode({ ...rest, nodes: ordered } as unknown as Value));
}
