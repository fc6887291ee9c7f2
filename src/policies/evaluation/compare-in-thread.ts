import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { errors } from '../../core/index.js';
import { SharedRows, sharedInCsv, Tables } from './shared-rows.js';

/** Two of the largest data sets that can be registered, as rows and as keys, with room to spare. */
const MEMORY_MIB = 2048;

/**
 * Compares tables off the main thread, which answers requests meanwhile. Where the compiled thread isn't
 * beside this file (the sources under a test runner), the same function runs inline.
 */
export async function compareInThread(tables: Tables, memoryMiB = MEMORY_MIB): Promise<SharedRows> {
  const thread = new URL('./compare.thread.js', import.meta.url);
  return existsSync(fileURLToPath(thread)) ? runThread(thread, tables, memoryMiB) : sharedInCsv(tables);
}

async function runThread(thread: URL, tables: Tables, memoryMiB: number): Promise<SharedRows> {
  const resourceLimits = { maxOldGenerationSizeMb: memoryMiB };
  // Nothing of how the process was started reaches the thread: neither its settings nor its flags.
  const worker = new Worker(thread, { workerData: tables, resourceLimits, env: {}, execArgv: [] });
  const { promise, resolve, reject } = Promise.withResolvers<SharedRows>();
  worker.on('message', resolve);
  worker.on('error', (error) => reject(tooLarge(error) ?? error));
  worker.on('messageerror', reject);
  // The message comes before the exit; whoever settled first wins.
  worker.on('exit', (code) => reject(errors.unavailable('comparison-ended', `the comparison ended with ${code}`)));
  try {
    return await promise;
  } finally {
    await worker.terminate();
  }
}

const tooLarge = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? errors.tooLarge('comparison-too-large', 'the data sets are too large to be compared row by row', 'disjoint_data')
    : undefined;
