/**
 * The part of OTLP/JSON traces that Heddle writes: the protobuf messages of opentelemetry.proto.trace.v1 in proto3 JSON, with
 * the exceptions of the OTLP specification (ids are hex, enums are numbers). 64-bit integers are decimal strings.
 */
export interface TracesData {
  readonly resourceSpans: readonly ResourceSpans[];
}

export interface ResourceSpans {
  readonly resource: { readonly attributes: readonly KeyValue[] };
  readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly Span[] }[];
}

export interface Span {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Absent on the root of a trace. */
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 is SPAN_KIND_INTERNAL. */
  readonly kind: 1;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly SpanEvent[];
  readonly status: SpanStatus;
}

export interface SpanEvent {
  readonly timeUnixNano: string;
  readonly name: string;
  readonly attributes: readonly KeyValue[];
}

/** 0 unset, 1 ok, 2 error; only an error has a message. */
export type SpanStatus = { readonly code: 0 | 1 } | { readonly code: 2; readonly message: string };

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number };

/** Members that are `undefined` are left out. Whole numbers are integers. */
export function attributesOf(
  record: Readonly<Record<string, string | number | boolean | undefined>>,
): readonly KeyValue[] {
  return Object.entries(record).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );
}

function anyValue(value: string | number | boolean): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Exact to the microsecond, which is more than clocks give. */
export function unixNano(atMs: number): string {
  return String(BigInt(Math.round(atMs * 1000)) * 1000n);
}
