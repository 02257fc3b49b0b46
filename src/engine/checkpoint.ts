/** State of an execution after the event `seq`, versioned; see the functions below for what it holds. */
export interface Checkpoint {
  readonly version: 1;
  readonly seq: number;
  readonly state: { readonly [key: string]: unknown };
}
