import { decode, encode } from '../../program/canonical.ts';
import { isRecord } from '../../program/shape.ts';
import type { HeddleDatabase, Upgrade } from './idb-schema.ts';
import type { StorageLoss } from './storage-health.ts';

/** What Chromium adds to the event by which a database is made: whether one was there before that it could not read. */
interface DataLoss {
  readonly dataLoss?: 'none' | 'total';
  readonly dataLossMessage?: string;
}

const scope = 'heddle:storage';
const key = 'lost';

/** Writes into a database that is being made that there was another, which is told nobody a second time. */
export async function keepLoss(transaction: Upgrade, event: IDBVersionChangeEvent): Promise<void> {
  const { dataLoss, dataLossMessage = '' } = event as DataLoss;
  if (dataLoss !== 'total') return;
  const bytes = encode({ atMs: Date.now(), reason: dataLossMessage });
  await transaction.objectStore('records').put({ scope, key, id: new Uint8Array(), bytes, version: 1 });
}

/** The latest loss of all that was stored; undefined when there was none. */
export async function keptLoss(database: HeddleDatabase): Promise<StorageLoss | undefined> {
  const record = await database.get('records', [scope, new Uint8Array()]);
  const told = record === undefined ? undefined : decode(record.bytes);
  if (!isRecord(told)) return undefined;
  return { at: new Date(Number(told.atMs)), reason: String(told.reason) };
}
