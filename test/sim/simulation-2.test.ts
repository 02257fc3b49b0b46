import { lawsHold } from './seeds.ts';

lawsHold(50_001, 100_000);
