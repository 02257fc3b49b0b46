import { figures } from '../formats/figures.ts';
import { recordedRuns } from './recorded-runs.ts';

/** All but one at 1:1000; srasearch-30a has 50,375 s of work and runs so in test/soak. */
recordedRuns(figures, (total) => (total > 10_000 ? 1e-4 : 1e-3));
