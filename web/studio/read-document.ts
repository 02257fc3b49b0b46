import { heddleFormat, readFormat, recordingBytesMax, shortForm } from '../../src/formats/index.ts';
import { parseDocument } from '../../src/program/parse.ts';
import type { ReadText } from './load-program.ts';

/** Reads JSON or YAML of any known format. Heddle's own is left to the check, which says at once all that is wrong with it. */
export function readDocument(text: string): ReadText {
  const document = parseDocument(text, recordingBytesMax);
  const own = [heddleFormat, shortForm].find((format) => format.recognises(document));
  return own === undefined ? readFormat(text) : { program: document, format: own.name, warnings: [] };
}
