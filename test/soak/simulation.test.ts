import { lawsHold } from '../sim/seeds.ts';

/** Two million seeds, or as many as HEDDLE_SEEDS says, from HEDDLE_SEED_FROM on: other ones than `npm test` runs. */
const from = Number(process.env.HEDDLE_SEED_FROM ?? 1_000_001);
lawsHold(from, from + Number(process.env.HEDDLE_SEEDS ?? 2_000_000) - 1);
