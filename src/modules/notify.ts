import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { defineModule, type Module } from '../ports/module.ts';
import type { Value } from '../program/value.ts';
import { type CallOptions, call } from './call.ts';
import { statusError } from './http-fetch.ts';

export interface NotifyInput {
  readonly url: string;
  /** Name of the event, such as `report.ready`. */
  readonly event: string;
  readonly payload?: Value;
  /** Name of the secret in the host's vault that the message is signed with; unsigned without it. */
  readonly secret?: string;
}

/**
 * Posts `{ event, executionId, taskId, payload }` to a webhook. Headers: `x-heddle-delivery`, the same for every attempt, by
 * which a receiver drops repeats, and `x-heddle-signature: sha256=<hex>`, the HMAC-SHA-256 of `delivery.body` under the
 * secret. Attempts and delays are those of the node's `retry`; any status from 200 to 299 is success.
 */
export function notifyUnder(
  options: CallOptions,
): Module<NotifyInput, { readonly status: number; readonly delivery: string }> {
  return defineModule<NotifyInput, { readonly status: number; readonly delivery: string }>({
    name: 'notify',
    version: '1',
    description: 'posts a signed message to a webhook',
    input: {
      type: 'object',
      required: ['url', 'event'],
      properties: { url: { type: 'string' }, event: { type: 'string' }, payload: {}, secret: { type: 'string' } },
    },
    run: async (
      { url, event, payload = null, secret: name },
      { signal, secret, idempotencyKey, executionId, taskId },
    ) => {
      const body = JSON.stringify({ event, executionId, taskId, payload });
      const headers = new Headers({ 'content-type': 'application/json', 'x-heddle-delivery': idempotencyKey });
      if (name !== undefined) headers.set('x-heddle-signature', signatureOf(`${idempotencyKey}.${body}`, secret(name)));
      const called = await call(url, { method: 'POST', headers, body }, { redirectsMax: 0, ...options }, signal);
      if (called.status < 200 || called.status > 299) throw statusError(called);
      return { status: called.status, delivery: idempotencyKey };
    },
  });
}

export const notify = notifyUnder({});

export function signatureOf(message: string, key: string): string {
  return `sha256=${bytesToHex(hmac(sha256, utf8ToBytes(key), utf8ToBytes(message)))}`;
}
