/** The kernel's surface. Each file says what it does; the numbers that say how to read the memory are shared, not exported. */
export { analyse } from './order';
export { build } from './build';
export { createGraph, releaseGraph } from './graph';
export { completeNext } from './complete';
export { createQueue, next, rankQueue, releaseQueue, resetQueue, settle } from './queue';
export { weigh } from './paths';
export { solve } from './solve';
