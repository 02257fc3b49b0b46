import { fuzzContract } from '../contract/fuzz.contract.ts';
import { onceContract } from '../contract/once.contract.ts';
import { securityContract } from '../contract/security.contract.ts';
import { subscribersContract } from '../contract/subscribers.contract.ts';
import { closed, edgeService } from '../edge/service.ts';

/** The API with the full counts, on workerd; HEDDLE_SEED picks other requests. */
const fetch = await edgeService();

onceContract('on workerd', fetch, 50);
subscribersContract('on workerd', fetch, 1000, 300);
securityContract('on workerd', await edgeService(closed), 500);
fuzzContract('on workerd', fetch, 20_000, Number(process.env.HEDDLE_SEED ?? 20_002));
