import { describeLedgerContract, LedgerStore } from '../contract/ledger-contract.js';
import { uuidv7 } from '../../core/index.js';
import { openEventStoreLedger } from './index.js';
import { DoubleStore } from './testing/double-store.js';

describeLedgerContract('EventStoreDB (double)', () => DoubleStore.start());

// A server's log is shared by all that ever ran on it, so on a real one each store has a namespace of its own.
describeLedgerContract('EventStoreDB (double, in a namespace)', async () => {
  const store = await DoubleStore.start();
  return inNamespace(store.connectionString, {
    restart: () => store.restart(),
    dispose: () => store.dispose(),
  });
});

const server = process.env['EVENTSTOREDB_URL'];
if (server !== undefined && server !== '') {
  // Nobody here can restart it, so the tests of a restart only show that going on is the same as before.
  const nothing = async (): Promise<void> => undefined;
  describeLedgerContract('EventStoreDB (server)', async () =>
    inNamespace(server, { restart: nothing, dispose: nothing }),
  );
}

function inNamespace(connectionString: string, server: Pick<LedgerStore, 'restart' | 'dispose'>): LedgerStore {
  const namespace = `test-${uuidv7()}-`;
  return { open: () => openEventStoreLedger({ connectionString, namespace }), ...server };
}
