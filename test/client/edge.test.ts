import { createEngine } from '../../src/index.ts';
import { clientContract } from '../contract/client.contract.ts';
import { edgeService } from '../edge/service.ts';
import { homeModules } from '../homes/home-modules.ts';

clientContract('on workerd', await edgeService(), () => createEngine({ modules: homeModules }));
