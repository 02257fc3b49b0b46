import { securityContract } from '../contract/security.contract.ts';
import { closed, edgeService } from './service.ts';

securityContract('on workerd', await edgeService(closed), 500);
