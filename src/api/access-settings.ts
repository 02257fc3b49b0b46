import { HeddleError } from '../errors.ts';
import type { AccessOptions, ApiKey, JwtOptions } from './access.ts';
import { isRole, isTenant } from './principal.ts';
import type { RateLimitOptions } from './rate-limit.ts';

/** Secrets and variables of a deployment that say who is let in. */
export interface AccessEnv {
  /** Of an admin of the tenant `main`. */
  readonly HEDDLE_API_KEY?: string;
  /** JSON: `[{"id": "ci", "key": "…", "role": "run", "tenant": "acme"}]`. */
  readonly HEDDLE_API_KEYS?: string;
  /** JSON: `{"alg": "RS256", "key": "-----BEGIN PUBLIC KEY-----…", "issuer": "…", "audience": "…"}`. */
  readonly HEDDLE_JWT?: string;
  /** Pages that may call the API from other origins, by commas. */
  readonly HEDDLE_ORIGINS?: string;
  /** Of each caller: requests a second / at once after a pause, as in `50/100`. */
  readonly HEDDLE_RATE_LIMIT?: string;
}

export interface AccessSettings {
  readonly access: AccessOptions;
  readonly origins?: readonly string[];
  readonly rate?: RateLimitOptions;
}

/** Shorter keys can be guessed. */
const keyCharsMin = 16;

/** @throws BAD_INPUT with the name of the variable in `path`; a service that is told nonsense must not be open */
export function readAccess(env: AccessEnv): AccessSettings {
  const { HEDDLE_API_KEY: one, HEDDLE_API_KEYS: several, HEDDLE_JWT: jwt } = env;
  const keys: readonly ApiKey[] = [
    ...(one === undefined ? [] : [{ id: 'admin', key: one, role: 'admin' as const }]),
    ...(several === undefined ? [] : keysOf(several)),
  ];
  if (one !== undefined && one.length < keyCharsMin)
    throw bad('HEDDLE_API_KEY', `has less than ${keyCharsMin} characters`);
  const origins = (env.HEDDLE_ORIGINS ?? '').split(',').flatMap((origin) => origin.trim() || []);
  const rate = env.HEDDLE_RATE_LIMIT === undefined ? undefined : rateOf(env.HEDDLE_RATE_LIMIT);
  return {
    access: { ...(keys.length > 0 && { keys }), ...(jwt !== undefined && { jwt: jwtOf(jwt) }) },
    ...(origins.length > 0 && { origins }),
    ...(rate !== undefined && { rate }),
  };
}

function keysOf(text: string): readonly ApiKey[] {
  const name = 'HEDDLE_API_KEYS';
  const list = parsed(name, text);
  if (!Array.isArray(list)) throw bad(name, 'is no list');
  return list.map((each: Readonly<Record<string, unknown>> | null) => {
    const { id, key, role, tenant } = each ?? {};
    if (typeof id !== 'string' || !isRole(role)) throw bad(name, 'has a key without id or role');
    if (typeof key !== 'string' || key.length < keyCharsMin)
      throw bad(name, `has a key of less than ${keyCharsMin} characters`);
    if (tenant !== undefined && !isTenant(tenant)) throw bad(name, 'has a tenant that is no name');
    return { id, key, role, ...(tenant !== undefined && { tenant }) };
  });
}

function jwtOf(text: string): JwtOptions {
  const name = 'HEDDLE_JWT';
  const { alg, key, issuer, audience } = (parsed(name, text) ?? {}) as Readonly<Record<string, unknown>>;
  if (alg !== 'HS256' && alg !== 'RS256') throw bad(name, 'has an alg that is neither HS256 nor RS256');
  if (typeof key !== 'string' || key.length < keyCharsMin)
    throw bad(name, `has a key of less than ${keyCharsMin} characters`);
  return {
    alg,
    key,
    ...(typeof issuer === 'string' && { issuer }),
    ...(typeof audience === 'string' && { audience }),
  };
}

function rateOf(text: string): RateLimitOptions {
  const [, perSecond, burst] = /^(\d+(?:\.\d+)?)\/(\d+)$/.exec(text) ?? [];
  if (Number(perSecond) > 0 && Number(burst) >= 1) return { perSecond: Number(perSecond), burst: Number(burst) };
  throw bad('HEDDLE_RATE_LIMIT', 'is not like 50/100');
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw bad(name, 'is not JSON');
  }
}

/** What it holds is secret and is not told. */
function bad(path: string, why: string): HeddleError {
  return new HeddleError({ code: 'BAD_INPUT', message: `${path} ${why}`, path, details: { status: 503 } });
}
