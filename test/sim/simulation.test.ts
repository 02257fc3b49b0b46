import { lawsHold } from './seeds.ts';

// One hundred thousand seeds: as long as everything else on the other workers, so the run begins with it.
lawsHold(1, 100_000);
