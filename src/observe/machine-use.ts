/** What is granted of a resource beside what is really used of it. */
export interface MeasuredUse {
  readonly capacity: number;
  /** By the claims of tasks and callers. */
  readonly granted: number;
  /** Measured, in the unit of the resource. */
  readonly used: number;
  /** Used over capacity, 0 to 1. */
  readonly load: number;
  /** Used over granted, 0 to 1; 1 when nothing is granted, because then nothing lies idle that somebody waits for. */
  readonly efficiency: number;
  /** Granted and not used. */
  readonly waste: number;
}

export function measuredUse(capacity: number, granted: number, used: number): MeasuredUse {
  return {
    ...{ capacity, granted, used },
    load: capacity > 0 ? Math.min(1, used / capacity) : 0,
    efficiency: granted > 0 ? Math.min(1, used / granted) : 1,
    waste: Math.max(0, granted - used),
  };
}

/** Above it too much is asked of a resource, below the other too little: claims and order are worth another look. */
const highUtilisation = 0.9;
const lowUtilisation = 0.2;

export type Pressure = 'low' | 'normal' | 'high';

/** @param utilisation what is granted over what there is, 0 to 1 */
export function pressureOf(utilisation: number): Pressure {
  if (utilisation > highUtilisation) return 'high';
  return utilisation < lowUtilisation ? 'low' : 'normal';
}
