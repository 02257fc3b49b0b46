/** The kernel's surface: the functions, and the numbers that say how to read its memory. Each file says what it does. */
export { analyse } from './order';
export { build } from './build';
export { createGraph, releaseGraph } from './graph';
export { completeNext, createQueue, next, rankQueue, releaseQueue, resetQueue, settle } from './queue';
export { weigh } from './paths';
export { solve } from './solve';
export * from './shared/codes';
