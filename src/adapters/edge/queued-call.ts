import { HeddleError } from '../../errors.ts';
import type { ModuleCall } from '../../ports/module-runner.ts';
import type { RunnerService } from './object-services.ts';
import { type CallAnswer, callKey } from './shard-protocol.ts';

/** A call on its way through the queue, and the execution that waits for it. */
export interface QueuedCall {
  readonly tenant: string;
  readonly call: ModuleCall;
}

/** What is needed of a queue; a Queues producer binding fits. */
export interface CallQueue {
  send(body: QueuedCall, options?: { contentType: 'v8' }): Promise<unknown>;
}

/** A batch of them, as the queue hands it to its consumer. */
export interface CallBatch {
  readonly messages: readonly { readonly body: QueuedCall; ack(): void; retry(): void }[];
}

/** A message has at most 128 KB, with what the platform puts around it. */
const queuedBytesMax = 100_000;

export interface QueueConsumerOptions {
  readonly shard: (tenant: string, index: number) => RunnerService;
  readonly shards: number;
  readonly settle: (tenant: string, executionId: string, call: string, answer: CallAnswer) => Promise<void>;
}

/** Runs what was queued and tells its execution. A call that cannot be run or told now comes again. */
export async function consume(batch: CallBatch, { shard, shards, settle }: QueueConsumerOptions): Promise<void> {
  await Promise.all(
    batch.messages.map(async (message, index) => {
      const { tenant, call } = message.body;
      try {
        const { answers } = await shard(tenant, index % shards).run([call]);
        const [answer] = answers;
        if (answer !== undefined) await settle(tenant, call.executionId, callKey(call), answer);
        message.ack();
      } catch {
        message.retry();
      }
    }),
  );
}

/** @throws LIMIT_EXCEEDED when it does not fit into a message */
export async function enqueue(queue: CallQueue, queued: QueuedCall, bytes: number): Promise<void> {
  if (bytes > queuedBytesMax) {
    throw new HeddleError({
      code: 'LIMIT_EXCEEDED',
      message: `the input of task ${queued.call.taskId} has about ${bytes} bytes, ${queuedBytesMax} may be queued`,
      hint: 'hand over a reference, or run it on a shard',
      retryable: false,
      details: { limit: queuedBytesMax, actual: bytes },
    });
  }
  await queue.send(queued, { contentType: 'v8' });
}
