import { type FileHandle, open } from 'node:fs/promises';
import { HeddleError } from '../errors.ts';
import { recordingBytesMax } from '../formats/index.ts';

/** The largest file that is read, in bytes. */
const fileBytesMax = recordingBytesMax;

/**
 * The text of a file; `-` is standard input.
 * @throws NOT_FOUND, STORAGE_FAILED, LIMIT_EXCEEDED, BAD_SYNTAX (not a file, not UTF-8, holds NUL bytes)
 */
export async function readTextFile(file: string): Promise<string> {
  const bytes = file === '-' ? await collect(process.stdin, 'standard input') : await readBytes(file);
  return decode(bytes, file);
}

async function readBytes(file: string): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    if ((await handle.stat()).isDirectory()) {
      throw new HeddleError({ code: 'BAD_SYNTAX', message: `${file} is a directory`, hint: 'name the files in it' });
    }
    return await collect(handle.createReadStream({ autoClose: false }), file);
  } catch (thrown) {
    throw readError(thrown, file);
  } finally {
    await handle?.close();
  }
}

/** Reads in pieces, because a pipe or device has no size to ask for. */
async function collect(stream: AsyncIterable<Uint8Array>, file: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    pieces.push(piece);
    length += piece.length;
    if (length > fileBytesMax) {
      throw new HeddleError({
        code: 'LIMIT_EXCEEDED',
        message: `${file} is larger than ${fileBytesMax} bytes`,
        details: { limit: fileBytesMax },
      });
    }
  }
  return Buffer.concat(pieces, length);
}

function decode(bytes: Uint8Array, file: string): string {
  const hint = 'a program is JSON or YAML in UTF-8';
  if (bytes.includes(0))
    throw new HeddleError({ code: 'BAD_SYNTAX', message: `${file} is a binary file: it holds NUL bytes`, hint });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HeddleError({ code: 'BAD_SYNTAX', message: `${file} is not text in UTF-8`, hint });
  }
}

function readError(thrown: unknown, file: string): unknown {
  const code = (thrown as { code?: unknown } | null)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new HeddleError({ code: 'NOT_FOUND', message: `there is no file ${file}` });
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    return new HeddleError({
      code: 'STORAGE_FAILED',
      message: `${file} cannot be read: ${code}`,
      details: { reason: code },
    });
  }
  return thrown;
}
