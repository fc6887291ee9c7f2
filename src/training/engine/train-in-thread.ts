import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CustodyError, errors, never } from '../../core/index.js';
import { OnProgress, TrainingInput, TrainingOutput, trainOnCsv } from './train.js';
import type { ThreadMessage } from './train.thread.js';

export interface ThreadOptions {
  /** Ends the thread at once; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Limit of the thread's heap in MiB; beyond it the training fails, not the process. */
  readonly memoryMiB?: number;
}

export const DEFAULT_MEMORY_MIB = 512;

/**
 * Trains off the main thread. Where the compiled thread isn't beside this file (the sources under a test
 * runner), the same function runs inline; it then can be aborted only before it starts.
 */
export async function trainInThread(input: TrainingInput, options: ThreadOptions = {}): Promise<TrainingOutput> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const thread = new URL('./train.thread.js', import.meta.url);
  return existsSync(fileURLToPath(thread)) ? runThread(thread, input, options) : trainOnCsv(input, onProgress);
}

async function runThread(thread: URL, input: TrainingInput, options: ThreadOptions): Promise<TrainingOutput> {
  const { signal, onProgress, memoryMiB = DEFAULT_MEMORY_MIB } = options;
  const resourceLimits = { maxOldGenerationSizeMb: memoryMiB };
  // Nothing of how the process was started reaches the thread: neither its settings nor its flags.
  const worker = new Worker(thread, { workerData: input, resourceLimits, env: {}, execArgv: [] });
  const { promise, resolve, reject } = Promise.withResolvers<TrainingOutput>();
  const abort = () => reject(signal?.reason as Error);
  const receive = (message: ThreadMessage) => {
    switch (message.kind) {
      case 'progress':
        return onProgress?.(message.progress);
      case 'trained':
        return resolve(message.output);
      case 'refused':
        return reject(new CustodyError(message.refusal));
      default:
        return never(message);
    }
  };
  worker.on('message', (message: ThreadMessage) => {
    try {
      receive(message);
    } catch (error) {
      reject(error); // a listener of the caller failed: that ends the training, not the process
    }
  });
  worker.on('error', (error) => reject(threadError(error, memoryMiB)));
  worker.on('messageerror', reject);
  // All messages come before the exit; whoever settled first wins.
  worker.on('exit', (code) => reject(errors.unavailable('training-ended', `the training thread ended with ${code}`)));
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}

function threadError(error: unknown, memoryMiB: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return errors.tooLarge('training-out-of-memory', `training needs more than the ${memoryMiB} MiB it may use`, 'data');
}
