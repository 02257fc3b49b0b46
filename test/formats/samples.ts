import { existsSync, readFileSync } from 'node:fs';

export { figures as samples, type SampleFigures } from './figures.ts';

/** Recorded workflows lie outside the repository; without them the tests on them are skipped. */
const folder = new URL('../../../shared/data/wfinstances/', import.meta.url).pathname;

export const samplesPresent = existsSync(folder);
if (!samplesPresent) console.warn(`skipped: tests on recorded workflows, because ${folder} is absent`);

export const sampleFile = (name: string): string => `${folder}${name}.json`;
export const readSample = (name: string): unknown => JSON.parse(readFileSync(sampleFile(name), 'utf8'));
