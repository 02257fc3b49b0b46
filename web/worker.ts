import { exposeModules } from '../src/browser.ts';
import { sampleModules } from '../src/samples/index.ts';

exposeModules(sampleModules);
