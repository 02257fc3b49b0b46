import { recordedRuns } from '../browser/recorded-runs.ts';
import { figures } from '../formats/figures.ts';

recordedRuns(figures, () => 1e-3);
