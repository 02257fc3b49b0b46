import { apiContract } from '../contract/api.contract.ts';
import { fuzzContract } from '../contract/fuzz.contract.ts';
import { onceContract } from '../contract/once.contract.ts';
import { subscribersContract } from '../contract/subscribers.contract.ts';
import { edgeService } from './service.ts';

const fetch = await edgeService();

apiContract('on workerd', fetch);
onceContract('on workerd', fetch, 2);
subscribersContract('on workerd', fetch, 60, 20);
fuzzContract('on workerd', fetch, 200);
