import { sha256Hex } from '../../program/digest.ts';
import type { Hash } from '../sql/sql-database.ts';

/** Of `process`, where the platform has one, what is needed here. */
interface PlatformProcess {
  getBuiltinModule?(
    name: 'node:crypto',
  ): { hash?(algorithm: 'sha256', bytes: Uint8Array, encoding: 'hex'): string } | undefined;
}

/**
 * SHA-256 that does not wait: that of the platform's `node:crypto`, which is asked for at run time, so that a Worker without it
 * works as well.
 */
export function platformHash(): Hash {
  const { process } = globalThis as { process?: PlatformProcess };
  const crypto = process?.getBuiltinModule?.('node:crypto');
  if (crypto?.hash === undefined) return sha256Hex;
  const { hash } = crypto;
  return (bytes) => hash('sha256', bytes, 'hex');
}
