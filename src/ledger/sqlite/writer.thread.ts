import { parentPort, workerData } from 'node:worker_threads';
import { isSqliteError } from './errors.js';
import type { FromWriter, ToWriter } from './thread-writer.js';
import { WriteEngine } from './write-engine.js';

/** The writing thread: one message in, one commit, one message out, in order. */
const port = parentPort!;
const engine = new WriteEngine(workerData as string);

port.on('message', (message: ToWriter) => {
  if (message.kind === 'close') {
    engine.close();
    port.close();
    return;
  }
  port.postMessage(answer(message));
});

function answer(message: Exclude<ToWriter, { readonly kind: 'close' }>): FromWriter {
  try {
    if (message.kind === 'write') return { kind: 'written', outcomes: engine.write(message.group) };
    engine.probe();
    return { kind: 'written', outcomes: [] };
  } catch (error) {
    if (isSqliteError(error)) return { kind: 'failed', code: error.code, message: error.message };
    return {
      kind: 'failed',
      code: '',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}
