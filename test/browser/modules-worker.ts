import { exposeModules } from '../../src/adapters/browser/expose-modules.ts';
import { contractedModules } from '../contract/standard-modules.ts';

exposeModules(contractedModules);
