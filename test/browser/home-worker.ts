import { exposeModules } from '../../src/adapters/browser/expose-modules.ts';
import { sampleModules } from '../../src/samples/index.ts';
import { homeModules } from '../homes/home-modules.ts';

exposeModules([...sampleModules, ...homeModules]);
