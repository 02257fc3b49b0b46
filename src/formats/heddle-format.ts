import { checkProgram } from '../program/validate.ts';
import { dspex } from './dspex.ts';
import { isRecord } from './findings.ts';
import type { Format, ReadProgram } from './format.ts';

/** Heddle's own format, version 1. A document without its version number is still meant to be one when it has nodes by id. */
export const heddleFormat: Format = {
  name: 'Heddle',
  looksLike: 'an object with heddle: 1 and nodes by id',
  recognises: (document) => isRecord(document) && ('heddle' in document || isRecord(document.nodes)),
  read: (document) => readHeddle('Heddle', document),
};

/** `{ modules: [...], dependencies: { generator: [retriever] } }`. */
export const shortForm: Format = {
  name: 'Heddle short form',
  looksLike: 'an object with a list of modules, and dependencies by id',
  recognises: (document) =>
    isRecord(document) &&
    !('heddle' in document) &&
    !isRecord(document.nodes) &&
    Array.isArray(document.modules) &&
    !dspex.recognises(document),
  read: (document) => readHeddle('Heddle short form', document),
};

function readHeddle(format: string, document: unknown): ReadProgram {
  return { format, program: checkProgram(document), timeUnit: 'unit', modules: [], warnings: [] };
}
