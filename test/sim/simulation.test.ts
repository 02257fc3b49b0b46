import { lawsHold } from './seeds.ts';

// The longest of the quick suite, so it begins first; two million seeds more are the soak's.
lawsHold(1, 40_000);
