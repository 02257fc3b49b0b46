/** A fresh process: makes its graphs, then says how many ns the first calls took. Not a question, cold.ts runs it. */
import { readFileSync } from 'node:fs';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { createWasmKernel } from '../../src/kernel/wasm-kernel.ts';
import { makeGraph } from '../harness/graphs.ts';
import { withIds } from '../harness/string-graph.ts';
import { idiomatic } from '../rivals/idiomatic.ts';

const [name, nodes, calls] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const graphs = Array.from({ length: calls }, (_, index) => makeGraph('layered', nodes, index + 1));
const strings = name === 'Map and Set' ? graphs.map(withIds) : [];
const bytes = readFileSync('dist/kernel.wasm');

const startNs = process.hrtime.bigint();
if (name === 'Map and Set') for (const graph of strings) idiomatic(graph.nodes, graph.edges);
else {
  const kernel = name === 'WASM' ? createWasmKernel(new WebAssembly.Module(bytes)) : createJsKernel();
  const workspace = kernel.workspace(nodes, 3 * nodes);
  for (const graph of graphs) workspace.solve(graph, graph.durations);
}
console.log(String(process.hrtime.bigint() - startNs));
