/** Facts of the recorded workflows in ../shared/data/wfinstances; nothing here needs the files. */
export interface SampleFigures {
  readonly name: string;
  readonly nodes: number;
  readonly edges: number;
  readonly depth: number;
  readonly width: number;
  readonly roots: number;
  readonly sinks: number;
  readonly criticalPath: number;
  readonly total: number;
}

/** Figures on which two independent programs agreed. */
const table = `
helloworld-chain-5-chameleon 5 4 5 1 1 1 501.24 501.24
helloworld-forkjoin-10-chameleon 10 16 3 8 1 1 307.36 1028.704
blast-chameleon-small-001 43 120 3 40 1 2 10.413 382.913
montage-chameleon-2mass-005d-001 58 114 8 18 12 4 21.385 221.726
montage-chameleon-2mass-015d-001 310 798 8 198 48 4 26.385 854.867
epigenomics-chameleon-hep-1seq-100k-001 41 48 9 9 1 1 104.822 539.307
epigenomics-chameleon-hep-2seq-100k-001 119 144 9 28 2 1 214.262 2898.667
bacass-dirt02-001 11 14 5 4 4 2 2150 3961.87
fetchngs-dirt02-001 43 28 3 26 26 20 13 104.356
methylseq-dirt02-001 36 70 7 8 8 5 203.209 446.366
rnaseq-dirt02-001 197 451 10 86 15 44 759.454 2580.36
srasearch-chameleon-10a-001 22 30 3 11 11 1 1005.858 6996.779
srasearch-chameleon-30a-001 64 92 4 31 31 1 3920.258 50375.156
`;

export const figures: readonly SampleFigures[] = table
  .trim()
  .split('\n')
  .map((row) => {
    const [name = '', ...numbers] = row.split(' ');
    const [nodes = 0, edges = 0, depth = 0, width = 0, roots = 0, sinks = 0, criticalPath = 0, total = 0] =
      numbers.map(Number);
    return { name, nodes, edges, depth, width, roots, sinks, criticalPath, total };
  });
