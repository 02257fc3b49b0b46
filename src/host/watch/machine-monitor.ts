import { type MeasuredUse, measuredUse, type Pressure, pressureOf } from '../../observe/machine-use.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Machine, MachineSample } from '../../ports/machine.ts';
import type { ResourceUtilization } from '../gates/resource.ts';

/** What this engine's machine is really used for, as of a time. */
export interface MachineReport extends MachineSample {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** Attempts under way. */
  readonly attempts: number;
  /** `cpu_cores` and `memory_mb`, as far as they are measured: what is granted beside what is used. */
  readonly resources: Readonly<Record<string, MeasuredUse>>;
}

export interface MachineMonitorOptions {
  readonly machine: Machine | undefined;
  readonly clock: Clock;
  readonly now: () => {
    readonly attempts: number;
    readonly utilization: Readonly<Record<string, ResourceUtilization>>;
  };
  /** Whether any execution is driven. */
  readonly isDriving: () => boolean;
  /** Told when what is granted of a resource comes above 90 % or below 20 % of what there is. */
  readonly pressed: (type: string, pressure: 'low' | 'high', utilisation: number) => void;
}

const everyMs = 5000;
/** Executions of a few ms begin and end by the thousand, and looking takes as long as some of their tasks. */
const beginEveryMs = 1000;
const wakeUp = 'heddle/machine';

/** Looks at the machine every 5 s while an execution is driven; of no machine it tells nothing. */
export class MachineMonitor {
  readonly #options: MachineMonitorOptions;
  readonly #pressure = new Map<string, Pressure>();
  #armed = false;
  #latest: MachineReport | undefined;

  constructor(options: MachineMonitorOptions) {
    this.#options = options;
  }

  /** As it was looked at last. */
  get latest(): MachineReport | undefined {
    return this.#latest;
  }

  /** Something is driven. */
  begin(): void {
    if (this.#armed || this.#options.machine === undefined) return;
    const sinceMs = this.#options.clock.now() - (this.#latest?.atMs ?? Number.NEGATIVE_INFINITY);
    if (sinceMs < 0 || sinceMs >= beginEveryMs) this.look();
    this.#arm();
  }

  /** An execution has ended or was let go: with the last of them, nothing keeps a process waiting. */
  over(): void {
    if (!this.#armed || this.#options.isDriving()) return;
    this.#armed = false;
    this.#options.clock.wakeAt(wakeUp, null, () => undefined);
  }

  /** Looks now. @returns undefined where no machine is known */
  look(): MachineReport | undefined {
    const { machine, clock, now } = this.#options;
    if (machine === undefined) return undefined;
    const { attempts, utilization } = now();
    const sample = machine.sample();
    const resources: Record<string, MeasuredUse> = {};
    for (const [type, used] of [
      ['cpu_cores', sample.cpuCores],
      ['memory_mb', sample.memoryMb],
    ] as const) {
      const capacity = machine.capacity[type];
      if (used !== undefined && capacity !== undefined)
        resources[type] = measuredUse(capacity, utilization[type]?.used ?? 0, used);
    }
    this.#latest = { ...sample, atMs: clock.now(), attempts, resources };
    return this.#latest;
  }

  #arm(): void {
    this.#armed = true;
    const { clock } = this.#options;
    clock.wakeAt(wakeUp, clock.now() + everyMs, () => {
      this.look();
      this.#press();
      this.#armed = false;
      if (this.#options.isDriving()) this.#arm();
    });
  }

  #press(): void {
    for (const [type, { utilisation }] of Object.entries(this.#options.now().utilization)) {
      const pressure = pressureOf(utilisation);
      const before = this.#pressure.get(type) ?? 'normal';
      this.#pressure.set(type, pressure);
      if (pressure !== before && pressure !== 'normal') this.#options.pressed(type, pressure, utilisation);
    }
  }
}

/** The figures of a report that alerts can be set on. */
export function machineFigures(report: MachineReport | undefined): Readonly<Record<string, number>> {
  const { cpu_cores: cpu, memory_mb: memory } = report?.resources ?? {};
  return {
    // In percent, as the specification of alerts has it.
    ...(cpu !== undefined && { cpu_usage: cpu.load * 100 }),
    ...(memory !== undefined && { memory_usage: memory.load * 100 }),
  };
}
