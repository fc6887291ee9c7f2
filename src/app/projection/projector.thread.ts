import { parentPort, workerData } from 'node:worker_threads';
import { Position } from '../../core/index.js';
import { Projector } from '../../projection/index.js';
import { Settings } from '../config/settings.js';
import { openFoundation } from '../foundation.js';
import { openReadModels } from './open-read-models.js';
import type { ToHost, ToThread } from './projection-host.js';

/** Idle for at most this long before looking at the log again: other processes write to it too. */
const PAUSE_MS = 20;

const port = parentPort!;
const tell = (message: ToHost) => port.postMessage(message);

const stopping = new AbortController();
let wake: () => void = () => undefined;
port.on('message', (message: ToThread) => {
  if (message.kind === 'stop') stopping.abort();
  wake();
});

try {
  await run(workerData as Settings);
} catch (error) {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}
port.close();

async function run(settings: Settings): Promise<void> {
  const foundation = await openFoundation(settings);
  const target = await openReadModels(settings, foundation, (why) => tell({ kind: 'rebuilding', why }));
  const projector = new Projector(foundation.projectorOptions, target);
  try {
    await start(projector, await foundation.ledger.head());
    projector.onProgress((checkpoint) => tell({ kind: 'checkpoint', checkpoint }));
    // A log in a file is looked at, in batches as large as the pause makes them; a server pushes.
    if (isFile(settings)) await poll(projector);
    else await projector.follow(stopping.signal);
  } finally {
    target.close();
    await foundation.close();
  }
}

function isFile({ ledger }: Settings): boolean {
  return ledger === '' || ledger.startsWith('sqlite:');
}

async function poll(projector: Projector): Promise<void> {
  while (!stopping.signal.aborted) {
    await new Promise<void>((resolve) => {
      wake = resolve;
      setTimeout(resolve, PAUSE_MS);
    });
    await projector.catchUp();
  }
}

async function start(projector: Projector, head: Position): Promise<void> {
  let told = Date.now();
  await projector.catchUp((checkpoint) => {
    if (Date.now() - told < 1000) return;
    told = Date.now();
    tell({ kind: 'progress', checkpoint, head });
  });
  tell({ kind: 'caught-up', checkpoint: projector.checkpoint });
}
