/** Every limit on what is handed in. Refused with LIMIT_EXCEEDED, which names the limit and what was found. */
export const limits = {
  /** Of the text of a program file. */
  textBytesMax: 5 * 2 ** 20,
  /** How deep a document may nest. */
  depthMax: 64,
  /** How deep sub-programs may run inside one another. */
  programDepthMax: 10,
  /** Signals an execution keeps that nobody has waited for yet. */
  signalsMax: 10_000,
  nodesMax: 100_000,
  edgesMax: 1_000_000,
  idCharsMax: 256,
  expressionCharsMax: 4_096,
  /** Nodes of an expression's syntax tree. */
  expressionTermsMax: 1_000,
  templateCharsMax: 1_000_000,
  /** Attempts a retry policy may ask for. */
  attemptsMax: 1_000,
  /** Thirty days. */
  durationMsMax: 30 * 86_400_000,
  concurrencyMax: 100_000,
  /** The engine does nothing else while it searches. */
  searchBudgetMsMax: 1_000,
  /** Events and messages kept for a reader of `monitor` that does not read; beyond that it is told what it missed. */
  unreadEventsMax: 10_000,
  /** Ended executions that an engine still has at hand; older ones are in the store, and opened again when they are asked for. */
  endedAtHandMax: 100,
  /** Errors reported of one program; more are counted, not listed. */
  errorsMax: 200,
} as const;
