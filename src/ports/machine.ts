/** The machine an engine runs on, as far as its platform tells of it. The edge tells nothing: there, no home has one. */
export interface Machine {
  /** What there is to share: `cpu_cores`, `memory_mb`; what the platform does not tell is not in it. */
  readonly capacity: Readonly<Record<string, number>>;
  /** What is used now. */
  sample(): MachineSample;
}

/** What is really in use; a figure that a platform does not tell is absent. */
export interface MachineSample {
  /** By this process or page, in cores: the mean since the sample before, 0 in the first. */
  readonly cpuCores?: number;
  /** By this process or page, in MiB. */
  readonly memoryMb?: number;
  /** Processes of the whole machine that want to run, mean of the last minute. */
  readonly loadAverage?: number;
}
