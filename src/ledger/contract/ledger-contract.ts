import { describe } from '@jest/globals';
import { appending } from './appending.js';
import { consuming } from './consuming.js';
import { LedgerFactory } from './harness.js';
import { idempotency } from './idempotency.js';
import { limits } from './limits.js';
import { modelEqualsStore } from './model.js';
import { parking } from './parking.js';
import { reading } from './reading.js';
import { restarting } from './restarting.js';
import { severalClients } from './several-clients.js';
import { subscribing } from './subscribing.js';

export type { LedgerFactory, LedgerStore } from './harness.js';

/**
 * What every ledger must do, whatever it stands on. Each test gets a store of its own from `factory`, but
 * relies on nothing but fresh stream, type and group names, so that the suite also runs on a server
 * whose log is not empty.
 */
export function describeLedgerContract(name: string, factory: LedgerFactory): void {
  describe(`${name} keeps the contract of the ledger`, () => {
    appending(factory);
    idempotency(factory);
    limits(factory);
    reading(factory);
    subscribing(factory);
    severalClients(factory);
    consuming(factory);
    parking(factory);
    restarting(factory);
    modelEqualsStore(factory);
  });
}
