// A process that appends until it is killed: `node ledger-writer.mjs <log file> <name>`. It needs a build.
// For each append that was acknowledged it writes one line with the ids of its events, unbuffered.
import { writeSync } from 'node:fs';
import { systemClock, uuidv7 } from '../../dist/core/index.js';
import { openSqliteLedger } from '../../dist/ledger/sqlite/index.js';

const CLIENTS = 8;
const [, , file, name] = process.argv;
const ledger = await openSqliteLedger({ file, clock: systemClock });
let number = 0;

const event = () => ({
  id: uuidv7(),
  type: 'Noted',
  schema: 1,
  actor: { id: 'u-1', kind: 'service', roles: [], via: 'none' },
  origin: { requestId: 'r' },
  correlationId: 'c',
  data: { name, number: number++, filler: 'x'.repeat(200) },
});

async function append(stream, expected) {
  const events = Array.from({ length: 1 + (number % 3) }, event);
  await ledger.append(stream, events, expected);
  say(`${events.map(({ id }) => id).join(' ')}\n`);
}

/** Whole lines only, also when the reader is slow and the pipe is full. */
function say(line) {
  for (let rest = Buffer.from(line); rest.length > 0;) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

/** Half of the clients have streams of their own, half fight for one stream with the other processes. */
async function client(index) {
  for (;;) {
    if (index % 2 === 0) await append(`own-${name}-${index}`, 'any');
    else {
      const [last] = await ledger.read('shared', { direction: 'backwards', limit: 1 });
      await append('shared', last?.revision ?? 'none').catch((error) => {
        if (error.name !== 'RevisionConflict') throw error;
      });
    }
  }
}

await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
