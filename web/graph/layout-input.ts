/** What is laid out: the levels of the kernel, and who depends on whom. */
export interface LayoutInput {
  readonly levels: Uint32Array;
  readonly depth: number;
  /** Topological; places within a level begin in this order. */
  readonly order: Uint32Array;
  readonly dependencies: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
}
