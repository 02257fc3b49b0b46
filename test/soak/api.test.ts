import { engineApp } from '../api/engine-app.ts';
import { tenantService } from '../api/tenant-service.ts';
import { fuzzContract } from '../contract/fuzz.contract.ts';
import { onceContract } from '../contract/once.contract.ts';
import { securityContract } from '../contract/security.contract.ts';
import { subscribersContract } from '../contract/subscribers.contract.ts';

/** The API with the full counts, over an engine in this process; HEDDLE_SEED picks other requests. */
const { app } = await engineApp();
const fetch = (path: string, init?: RequestInit) => app.request(`http://127.0.0.1${path}`, init);
const name = 'over an engine in this process';

onceContract(name, fetch, 50);
subscribersContract(name, fetch, 1000, 300);
fuzzContract(name, fetch, 20_000, Number(process.env.HEDDLE_SEED ?? 20_001));
securityContract(name, await tenantService(), 5_000);
