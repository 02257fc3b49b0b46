import { HeddleError } from '../errors.ts';
import { decode, encode } from '../program/canonical.ts';
import type { ListRef, Value, ValueRef } from '../program/value.ts';

/** Items of a page. */
const pageItems = 512;

/** Decoded, or encoded, or both while they are the same. */
interface Page {
  refs: (ValueRef | null)[] | null;
  bytes: Uint8Array | null;
}

/**
 * The outputs of the items of a forEach node, in pages. Those that lie in a checkpoint stay bytes until somebody asks for
 * one, and only those that have changed are encoded for the next: loading and saving a state costs little an item.
 */
export class ItemOutputs {
  /** Bytes of the pages as they were last saved. */
  savedBytes = 0;
  readonly #pages: Page[];
  #list: readonly (ValueRef | null)[] | null = null;
  #ref: ListRef | null = null;

  constructor(
    readonly length: number,
    pages?: readonly Uint8Array[],
  ) {
    this.#pages = Array.from({ length: Math.ceil(length / pageItems) }, (_, index) => {
      const bytes = pages?.[index];
      if (bytes === undefined) return { refs: new Array(this.#lengthOf(index)).fill(null), bytes: null };
      this.savedBytes += bytes.byteLength;
      return { refs: null, bytes };
    });
  }

  static of(outputs: readonly (ValueRef | null)[]): ItemOutputs {
    const made = new ItemOutputs(outputs.length);
    outputs.forEach((output, item) => made.set(item, output));
    return made;
  }

  set(item: number, output: ValueRef | null): void {
    const index = Math.floor(item / pageItems);
    const page = this.#pages[index];
    if (page === undefined) throw new RangeError(`there is no item ${item} of ${this.length}`);
    this.#refsOf(page, index)[item % pageItems] = output;
    if (page.bytes !== null) this.savedBytes -= page.bytes.byteLength;
    page.bytes = null;
    this.#list = null;
  }

  /** As a list; the same one each time, whose parts are decoded when they are read. */
  ref(batches: Pick<ListRef, 'batchSize' | 'itemCount'>): ListRef {
    const read = () => this.#all();
    this.#ref ??= {
      get list() {
        return read();
      },
      ...batches,
    };
    return this.#ref;
  }

  /** Whether this is what {@link ref} has given. */
  isRef(output: ValueRef | null): boolean {
    return output !== null && output === this.#ref;
  }

  /** Canonical bytes by page; later changes do not reach them. @throws BAD_OUTPUT for what is not a value */
  save(): readonly Uint8Array[] {
    return this.#pages.map((page) => {
      if (page.bytes === null) {
        page.bytes = encode(page.refs as unknown as Value);
        this.savedBytes += page.bytes.byteLength;
      }
      return page.bytes;
    });
  }

  #all(): readonly (ValueRef | null)[] {
    this.#list ??= this.#pages.flatMap((page, index) => this.#refsOf(page, index));
    return this.#list;
  }

  /** @throws CORRUPT when the bytes are not those of a page */
  #refsOf(page: Page, index: number): (ValueRef | null)[] {
    if (page.refs !== null) return page.refs;
    const refs = decode(page.bytes ?? new Uint8Array());
    if (!Array.isArray(refs) || refs.length !== this.#lengthOf(index)) {
      throw new HeddleError({ code: 'CORRUPT', message: `page ${index} of the outputs of items has lost some` });
    }
    page.refs = refs as (ValueRef | null)[];
    return page.refs;
  }

  #lengthOf(page: number): number {
    return Math.min(pageItems, this.length - page * pageItems);
  }
}
