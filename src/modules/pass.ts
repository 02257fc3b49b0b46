import { defineModule, type Module } from '../ports/module.ts';
import type { Value } from '../program/value.ts';

/** A module that gives what it is handed: its place in the graph is what it is for. */
function passing(name: string, description: string): Module<Value, Value> {
  return defineModule<Value, Value>({ name, version: '1', description, run: (input) => input });
}

/** Where branches meet: runs when everything it needs has ended as its `join` and `trigger` say; gives what it is handed. */
export const barrier = passing('barrier', 'waits for the nodes it needs');

/** What has to be there before the rest, as its output; give the node `compensate: { module: cleanup }` to have it undone. */
export const setup = passing('setup', 'gives what the nodes after it work with');

/** The end of what `setup` began; with `trigger: always` it runs whatever came before. */
export const cleanup = passing('cleanup', 'lets go of what setup has given');
