import { clientContract } from '../contract/client.contract.ts';
import { edgeService } from './service.ts';

clientContract('on workerd', await edgeService());
