import { parentPort, workerData } from 'node:worker_threads';
import { sharedInCsv, Tables } from './shared-rows.js';

// An error is left to end the thread: its `error` event carries it.
parentPort?.postMessage(sharedInCsv(workerData as Tables));
