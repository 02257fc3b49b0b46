import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** @typedef {{ name: string, raw: number, gzip: number }} Size */

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const at = (/** @type {string[]} */ ...parts) => join(root, ...parts);

/** The file itself, or all files in and below a folder; none where there is nothing. @param {string} path @returns {string[]} */
export function filesOf(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** @param {string} name @param {Uint8Array[]} contents @returns {Size} */
export function sizeOf(name, contents) {
  const raw = contents.reduce((sum, bytes) => sum + bytes.length, 0);
  return { name, raw, gzip: contents.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0) };
}
