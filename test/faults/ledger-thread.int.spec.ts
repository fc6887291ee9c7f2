import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { systemClock } from '../../src/core/index.js';
import { describeLedgerContract } from '../../src/ledger/contract/ledger-contract.js';
import { openSqliteLedger } from '../../src/ledger/sqlite/index.js';

/** Compiled by `npm run build`, which `npm test` does first. */
const thread = new URL('../../dist/ledger/sqlite/writer.thread.js', import.meta.url);

it('the thread of the writer is built', () => {
  expect(existsSync(fileURLToPath(thread))).toBe(true);
});

describeLedgerContract('the SQLite ledger, with its writer in a thread as in production,', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'custody-ledger-'));
  return {
    open: () => openSqliteLedger({ file: join(folder, 'log.db'), clock: systemClock, thread }),
    restart: async () => undefined,
    dispose: async () => rmSync(folder, { recursive: true, force: true }),
  };
});
