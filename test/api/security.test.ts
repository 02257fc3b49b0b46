import { securityContract } from '../contract/security.contract.ts';
import { tenantService } from './tenant-service.ts';

securityContract('over engines in this process', await tenantService());
