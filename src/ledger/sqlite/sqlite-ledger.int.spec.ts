import { systemClock } from '../../core/index.js';
import { describeLedgerContract } from '../contract/ledger-contract.js';
import { openSqliteLedger } from './index.js';
import { temporaryFolder } from './testing/temporary-folder.js';

describeLedgerContract('the SQLite ledger', async () => {
  const folder = temporaryFolder();
  return {
    open: () => openSqliteLedger({ file: folder.path('log.db'), clock: systemClock }),
    // No process of its own serves the file.
    restart: async () => undefined,
    dispose: async () => folder.remove(),
  };
});
