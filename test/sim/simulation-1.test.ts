import { lawsHold } from './seeds.ts';

// One hundred thousand seeds in two files, which run side by side and, because they are the longest, first.
lawsHold(1, 50_000);
