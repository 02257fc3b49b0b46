/** Whose an execution object is. */
export interface Identity {
  readonly tenant: string;
  /** The execution that the object is named by. */
  readonly root: string;
}
