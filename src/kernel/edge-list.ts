/** Directed edges `from[i] → to[i]`. */
export interface EdgeList {
  readonly nodes: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}
