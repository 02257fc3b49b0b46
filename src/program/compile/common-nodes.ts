import { encode } from '../canonical.ts';
import { sha256Hex } from '../digest.ts';
import type { Program, ProgramNode, Template } from '../program.ts';
import type { Value } from '../value.ts';
import { outputReferences, programGraph, withoutNodes } from './program-graph.ts';
import { renameInNode } from './rename-node.ts';
import { renameInTemplate } from './rename-template.ts';

export interface Merge {
  readonly kept: string;
  readonly dropped: string;
}

/**
 * Lets nodes that do the same on the same be one node. `cache` declares a node pure; two such nodes are the same when all
 * they say is the same once references to merged nodes are. What referred to the dropped one then refers to the kept one.
 * A pair is left alone wherever being one instead of two could make a difference, or a reference cannot be rewritten for sure.
 */
export function mergeCommonNodes(program: Program): { readonly program: Program; readonly merged: readonly Merge[] } {
  const candidates = Object.values(program.nodes).filter((node) => mayMerge(program, node));
  return candidates.length < 2 ? { program, merged: [] } : new Merging(program).run();
}

function mayMerge({ tolerance }: Program, { module, cache, compensate, critical = true }: ProgramNode): boolean {
  if (module === undefined || cache === undefined || compensate !== undefined) return false;
  // Two failures may be more than a threshold bears, and one not.
  return !critical || typeof tolerance !== 'object';
}

/** Of nodes that cannot all become one, so many are tried each for itself: every try reads all that depends on it. */
const oneByOneMax = 64;

class Merging {
  readonly #program: Program;
  readonly #levels: readonly (readonly string[])[];
  readonly #nodes: Map<string, ProgramNode>;
  readonly #outputs: Map<string, Template>;
  readonly #dependents: Map<string, Set<string>>;
  /** Names of the outputs that refer to a node, by its id. */
  readonly #outputsOf = new Map<string, Set<string>>();
  readonly #merged: Merge[] = [];

  constructor(program: Program) {
    const { levels, dependents } = programGraph(program);
    this.#program = program;
    this.#levels = levels;
    this.#nodes = new Map(Object.entries(program.nodes));
    this.#outputs = new Map(Object.entries(program.outputs ?? {}));
    this.#dependents = new Map([...dependents].map(([id, of]) => [id, new Set(of)]));
    for (const id of this.#nodes.keys()) this.#outputsOf.set(id, new Set());
    for (const output of this.#outputs.keys())
      for (const id of outputReferences(program, output)) this.#outputsOf.get(id)?.add(output);
  }

  /**
   * Level by level, so that the dependencies of two nodes are merged before they are compared; nodes that do the same
   * depend on the same, and so are of one level.
   */
  run(): { readonly program: Program; readonly merged: readonly Merge[] } {
    for (const level of this.#levels) {
      const known = new Map<string, string[]>();
      for (const id of level) {
        const node = this.#nodes.get(id);
        if (node === undefined || !mayMerge(this.#program, node)) continue;
        const { summary: _, ...meaning } = node;
        const key = sha256Hex(encode(meaning as unknown as Value));
        const same = known.get(key);
        if (same === undefined) known.set(key, [id]);
        else same.push(id);
      }
      for (const [kept = '', ...others] of known.values()) this.#mergeAll(kept, others);
    }
    if (this.#merged.length === 0) return { program: this.#program, merged: [] };
    const rewritten = {
      ...this.#program,
      nodes: Object.fromEntries(this.#nodes),
      ...(this.#program.outputs !== undefined && { outputs: Object.fromEntries(this.#outputs) }),
    };
    const dropped = new Set(this.#merged.map((merge) => merge.dropped));
    return { program: withoutNodes(rewritten, dropped), merged: this.#merged };
  }

  /** All at once, since one dependent may name thousands; where that is not possible, as many as can be one by one. */
  #mergeAll(kept: string, others: readonly string[]): void {
    if (others.length === 0 || this.#merge(kept, new Set(others)) || others.length === 1) return;
    for (const dropped of others.slice(0, oneByOneMax)) this.#merge(kept, new Set([dropped]));
  }

  /** @returns whether it could be done; if not, nothing has changed */
  #merge(kept: string, dropped: ReadonlySet<string>): boolean {
    const ofKept = this.#dependents.get(kept) ?? new Set();
    const ofDropped = new Set<string>();
    const outputsOfDropped = new Set<string>();
    for (const id of dropped) {
      const dependents = this.#dependents.get(id) ?? [];
      for (const dependent of dependents) ofDropped.add(dependent);
      for (const output of this.#outputsOf.get(id) ?? []) outputsOfDropped.add(output);
      // Without declared outputs every sink is one, under its own name.
      if (this.#program.outputs === undefined && this.#dependents.get(id)?.size === 0) return false;
    }
    if (this.#program.outputs === undefined && ofKept.size === 0) return false;
    const nodes = renamed(ofDropped, (id) => this.#renameIn(id, kept, dropped));
    const outputs = renamed(outputsOfDropped, (name) =>
      renameInTemplate(this.#outputs.get(name) ?? null, dropped, kept),
    );
    if (nodes === undefined || outputs === undefined) return false;
    for (const [id, node] of nodes) {
      this.#nodes.set(id, node);
      ofKept.add(id);
    }
    for (const [name, template] of outputs) {
      this.#outputs.set(name, template);
      this.#outputsOf.get(kept)?.add(name);
    }
    for (const id of dropped) this.#merged.push({ kept, dropped: id });
    return true;
  }

  #renameIn(id: string, kept: string, dropped: ReadonlySet<string>): ProgramNode | undefined {
    const node = this.#nodes.get(id);
    if (node === undefined) return undefined;
    // Where some of the dependencies are enough, two that become one count for less.
    if (node.join !== undefined && node.join !== 'all') {
      const among = [kept, ...dropped].filter((each) => this.#dependents.get(each)?.has(id));
      if (among.length > 1) return undefined;
    }
    return renameInNode(node, dropped, kept);
  }
}

/** All of them renamed, or undefined when one cannot be. */
function renamed<T>(
  names: Iterable<string>,
  rename: (name: string) => T | undefined,
): ReadonlyMap<string, T> | undefined {
  const all = new Map<string, T>();
  for (const name of names) {
    const value = rename(name);
    if (value === undefined) return undefined;
    all.set(name, value);
  }
  return all;
}
