import { lawsHold } from './seeds.ts';

// One hundred thousand seeds in four files, which run side by side.
lawsHold(75_001, 100_000);
