/** heddle/kernel: the graph algorithms alone. */
export { DependencyGraph, type OptimizedGraph } from './dependency-graph.ts';
export type { EdgeList } from './edge-list.ts';
export { IdGraph } from './id-graph.ts';
export { createJsKernel } from './js-kernel.ts';
export type { Analysis, CriticalPath, Graph, GraphKernel, ReadyQueue } from './kernel.ts';
export { kernelLimits } from './kernel.ts';
export { createWasmKernel } from './wasm-kernel.ts';
export type { GraphWorkspace, Solved, WorkspaceInput } from './workspace.ts';
