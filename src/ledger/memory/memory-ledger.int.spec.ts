import { systemClock } from '../../core/index.js';
import { describeLedgerContract } from '../contract/ledger-contract.js';
import { MemoryLedger } from './memory-ledger.js';

describeLedgerContract('the memory ledger', async () => {
  const { log } = new MemoryLedger(systemClock);
  return {
    open: async () => new MemoryLedger(systemClock, log),
    restart: async () => undefined,
    dispose: async () => undefined,
  };
});
