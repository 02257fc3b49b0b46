/** The `traceparent` header of W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context-1/#traceparent-header). */
export interface Traceparent {
  /** 32 lower-case hex digits, not all 0. */
  readonly traceId: string;
  /** The span to be continued: 16 lower-case hex digits, not all 0. */
  readonly parentId: string;
  /** The caller may have recorded its span. */
  readonly sampled: boolean;
}

const shape = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/s;
const zeros = /^0+$/;

/**
 * Undefined when it is not valid: the standard says to begin a new trace then. A version higher than 00 may go on after
 * the flags, and is read as far as 00 goes; version ff is forbidden.
 */
export function parseTraceparent(header: string): Traceparent | undefined {
  const [, version, traceId = '', parentId = '', flags = '', more] = shape.exec(header.trim()) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (zeros.test(traceId) || zeros.test(parentId)) return undefined;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** As a header of version 00. */
export function formatTraceparent({ traceId, parentId, sampled }: Traceparent): string {
  return `00-${traceId}-${parentId}-${sampled ? '01' : '00'}`;
}
