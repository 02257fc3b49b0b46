import { exposeModules } from '../../src/adapters/browser/expose-modules.ts';
import { contractModules } from '../contract/contract-modules.ts';

exposeModules(contractModules);
