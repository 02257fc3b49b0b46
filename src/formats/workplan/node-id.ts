import { sha256Hex, utf8 } from '../../program/digest.ts';
import type { JsonRecord } from '../findings.ts';

/** What the id of a workplan node is made of. */
export interface Identity {
  readonly args: readonly string[];
  readonly attrs: JsonRecord;
  readonly kind: 'primitive' | 'constant' | 'closure';
  readonly kwargs: readonly (readonly [name: string, id: string])[];
  readonly operator: string;
  readonly output_kind: string;
}

/** Id of a node: SHA-256 of its content in Python's canonical JSON, lower-case hex. */
export function nodeId(identity: Identity): string {
  return sha256Hex(utf8(pythonJson(identity)));
}

/** Id of an element of a lazy sequence. @param token its index */
export function itemId(parentNodeId: string, token: number): string {
  const text = pythonJson({ kind: 'sequence-item-ref', parent_node_id: parentNodeId });
  return sha256Hex(utf8(`${text.slice(0, -1)},"token":${token}}`));
}

/**
 * JSON as Python's `json.dumps(value, sort_keys=True, separators=(',', ':'))` writes it where every number is a float:
 * `1.0`, `1e+16`, `1e-05`; everything beyond ASCII escaped; keys in the order of their code points.
 */
export function pythonJson(value: unknown): string {
  if (typeof value === 'number') return pythonFloat(value);
  if (typeof value === 'string') return pythonString(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value).sort(([a], [b]) => byCodePoint(a, b));
  return `{${members.map(([key, part]) => `${pythonString(key)}:${pythonJson(part)}`).join(',')}}`;
}

/** Python's repr of a float: the shortest digits, as an exponent below 1e-4 and from 1e16 on. */
export function pythonFloat(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [digits, exponent = ''] = value.toExponential().split('e');
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  // Up to 1e21 String() writes no exponent; below 1e-6 it does, which the branch above has taken.
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

function pythonString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
