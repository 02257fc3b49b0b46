/** Randomness for ids and seeds only; everything the machine decides is derived from the execution's seed. */
export interface Random {
  /** A new execution or checkpoint id: sortable by time, unique, URL-safe. */
  id(prefix: string): string;
  /** 32 random bits for an execution's jitter. */
  seed(): number;
}
