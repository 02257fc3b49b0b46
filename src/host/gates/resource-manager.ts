import { HeddleError } from '../../errors.ts';
import { admit, type WaitingRequest } from '../../policy/allocation.ts';
import { type Amounts, amountsOf, sum, without } from '../../policy/amounts.ts';
import { firstUnpromisable, type Reservation } from '../../policy/reservation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ResourceUsage } from '../view/execution-view.ts';
import {
  aborted,
  type Held,
  needsOf,
  type Resource,
  type ResourceOptions,
  type ResourceRequirement,
  type ResourceUtilization,
  resourceId,
  unavailable,
  usageOf,
} from './resource.ts';

export interface ResourceManagerOptions extends ResourceOptions {
  readonly clock: Clock;
}

export interface RequestOptions {
  /** `false`: refused with RESOURCE_UNAVAILABLE unless it can be granted at once. */
  readonly wait?: boolean;
  /** Of the allocation; one of its own by default. */
  readonly id?: string;
  /** Since when it counts as waiting, such as before its host died; now by default. */
  readonly atMs?: number;
  /** Gives the waiting up, with ABORTED. */
  readonly signal?: AbortSignal;
  /** Draws upon what was reserved, once its time has come. */
  readonly reservationId?: string;
}

interface Waiting extends WaitingRequest {
  readonly requirements: readonly ResourceRequirement[];
  readonly granted: (resources: readonly Resource[]) => void;
  readonly refused: (error: HeddleError) => void;
}

const ageingMsDefault = 30_000;
const wakeUp = 'heddle/resources';

/**
 * Shares the capacities of an engine among all who ask. Who gets what and when is decided by policy/allocation; this keeps
 * the queue and what is held. What is free is computed from what is held, every time: there is no counter to go wrong.
 */
export class ResourceManager {
  readonly #options: ResourceManagerOptions;
  readonly #capacity: Amounts;
  readonly #prices: Amounts;
  readonly #held = new Map<string, Held>();
  #queue: readonly Waiting[] = [];
  #reservations: readonly Reservation[] = [];
  #ids = 0;
  #wakeAtMs: number | null = null;

  constructor(options: ResourceManagerOptions) {
    this.#options = options;
    this.#capacity = amountsOf(options.capacity);
    this.#prices = amountsOf(options.prices ?? {});
    needsOf(
      Object.entries(options.capacity).map(([type, amount]) => ({ type, amount, priority: 0 })),
      this.#capacity,
    );
  }

  /** So much there is of each type. */
  get capacity(): Readonly<Record<string, number>> {
    return this.#options.capacity;
  }

  /** Per unit and ms. */
  get prices(): Readonly<Record<string, number>> {
    return this.#options.prices ?? {};
  }

  /** One resource for each requirement, all at once. @throws UNSATISFIABLE_RESOURCES, RESOURCE_UNAVAILABLE, ABORTED, BAD_INPUT */
  async requestResources(
    requirements: readonly ResourceRequirement[],
    { wait = true, id = `allocation-${++this.#ids}`, atMs, signal, reservationId }: RequestOptions = {},
  ): Promise<readonly Resource[]> {
    const needs = needsOf(requirements, this.#capacity);
    this.#checkNew(id);
    if (reservationId !== undefined) this.#reservation(reservationId);
    const given = aborted(id);
    if (signal?.aborted) throw given;
    const durations = requirements.flatMap(({ duration }) => duration ?? []);
    const sinceMs = atMs ?? this.#options.clock.now();
    const request = {
      ...{ id, needs, sinceMs, requirements },
      priority: Math.max(0, ...requirements.map(({ priority }) => priority)),
      ...(durations.length > 0 && { durationMs: Math.max(...durations) }),
      ...(reservationId !== undefined && { reservationId }),
    };
    return new Promise((granted, refused) => {
      const giveUp = (): void => this.#drop(id, given);
      const settled = (): void => signal?.removeEventListener('abort', giveUp);
      signal?.addEventListener('abort', giveUp);
      this.#queue = [
        ...this.#queue,
        {
          ...request,
          granted: (resources) => {
            settled();
            granted(resources);
          },
          refused: (error) => {
            settled();
            refused(error);
          },
        },
      ];
      this.#serve();
      if (!wait) this.#drop(id, unavailable(needs, this.#free()));
    });
  }

  /** @param ids of resources, or of allocations. What is not held is passed over. @returns what each was used for */
  releaseResources(ids: string | readonly string[]): readonly ResourceUsage[] {
    const nowMs = this.#options.clock.now();
    const wanted = new Set(typeof ids === 'string' ? [ids] : ids);
    const released = [...this.#held.values()].filter((held) => wanted.has(held.id) || wanted.has(held.allocationId));
    for (const { id } of released) this.#held.delete(id);
    if (released.length > 0) this.#serve();
    return released.map((held) => usageOf(held, this.#prices, nowMs, true));
  }

  /** By type, in the order of the capacities. */
  getResourceUtilization(): Readonly<Record<string, ResourceUtilization>> {
    const used = this.#used();
    const waiting = sum(this.#queue.map(({ needs }) => needs));
    return Object.fromEntries(
      [...this.#capacity].map(([type, capacity]) => {
        const inUse = used.get(type) ?? 0;
        const utilisation = capacity === 0 ? 0 : Math.min(1, inUse / capacity);
        return [type, { capacity, used: inUse, waiting: waiting.get(type) ?? 0, utilisation }];
      }),
    );
  }

  /** What is held now, and what it has cost so far. */
  getResourceUsage(): readonly ResourceUsage[] {
    const nowMs = this.#options.clock.now();
    return [...this.#held.values()].map((held) => usageOf(held, this.#prices, nowMs, false));
  }

  /**
   * Promises resources for a time. From then on, and for requests that tell a duration before then too, nothing of them is
   * given to others; those who hold something already are waited for. @returns the id to draw upon it
   * @throws UNSATISFIABLE_RESOURCES, RESOURCE_UNAVAILABLE when it is promised to others, BAD_INPUT
   */
  reserve(requirements: readonly ResourceRequirement[], fromMs: number, untilMs: number): string {
    const amounts = needsOf(requirements, this.#capacity);
    if (!(fromMs < untilMs && untilMs > this.#options.clock.now())) {
      const message = `a reservation from ${fromMs} until ${untilMs} has no time to come`;
      throw new HeddleError({ code: 'BAD_INPUT', message, retryable: false });
    }
    const wanted = { amounts, fromMs, untilMs };
    if (firstUnpromisable(wanted, this.#reservations, this.#capacity) !== undefined) {
      throw unavailable(amounts, this.#capacity, 'of what is not promised to others');
    }
    const id = `reservation-${++this.#ids}`;
    this.#reservations = [...this.#reservations, { id, ...wanted }];
    this.#serve();
    return id;
  }

  cancelReservation(id: string): void {
    this.#reservations = this.#reservations.filter((each) => each.id !== id);
    this.#serve();
  }

  #serve(): void {
    const { clock, ageingMs = ageingMsDefault } = this.#options;
    const nowMs = clock.now();
    this.#reservations = this.#reservations.filter(({ untilMs }) => untilMs > nowMs);
    const granted = admit(this.#queue, this.#used(), this.#capacity, nowMs, ageingMs, this.#unclaimed());
    const served = new Set(granted);
    this.#queue = this.#queue.filter((request) => !served.has(request));
    for (const request of granted) request.granted(this.#hold(request, nowMs));
    this.#arm(nowMs);
  }

  #hold({ id, requirements, reservationId }: Waiting, nowMs: number): readonly Resource[] {
    return requirements.map(({ type, amount, constraints, duration }, index) => {
      const resource = {
        ...{ id: resourceId(id, index), allocationId: id, type, amount, allocatedAt: new Date(nowMs) },
        ...(constraints !== undefined && { constraints }),
      };
      this.#held.set(resource.id, { ...resource, reservationId, durationMs: duration, sinceMs: nowMs });
      return resource;
    });
  }

  #drop(id: string, error: HeddleError): void {
    const request = this.#queue.find((each) => each.id === id);
    if (request === undefined) return;
    this.#queue = this.#queue.filter((each) => each !== request);
    request.refused(error);
    // Whom it kept from passing may pass now.
    this.#serve();
  }

  /** Reservations change what is free by time alone; everything else calls #serve itself. */
  #arm(nowMs: number): void {
    const times = this.#reservations.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]).filter((ms) => ms > nowMs);
    const nextMs = this.#queue.length === 0 || times.length === 0 ? null : Math.min(...times);
    if (nextMs === this.#wakeAtMs && (nextMs === null || nextMs > nowMs)) return;
    this.#wakeAtMs = nextMs;
    this.#options.clock.wakeAt(wakeUp, nextMs, () => {
      this.#wakeAtMs = null;
      this.#serve();
    });
  }

  #used(): Amounts {
    return sum([...this.#held.values()].map(amountOf));
  }

  #free(): Amounts {
    return without(this.#capacity, this.#used());
  }

  /** Reservations less what is held on their account. */
  #unclaimed(): readonly Reservation[] {
    return this.#reservations.map((reservation) => {
      const claimed = [...this.#held.values()].filter((held) => held.reservationId === reservation.id);
      return { ...reservation, amounts: without(reservation.amounts, sum(claimed.map(amountOf))) };
    });
  }

  #checkNew(id: string): void {
    resourceId(id, 0);
    const taken =
      this.#queue.some((each) => each.id === id) || [...this.#held.values()].some((held) => held.allocationId === id);
    if (taken) throw new HeddleError({ code: 'ALREADY_EXISTS', message: `allocation ${id} exists already` });
  }

  #reservation(id: string): void {
    if (this.#reservations.some((each) => each.id === id)) return;
    throw new HeddleError({ code: 'NOT_FOUND', message: `no reservation ${id} is kept`, hint: 'it may be over' });
  }
}

const amountOf = ({ type, amount }: Resource): Amounts => new Map([[type, amount]]);
