import { Clock } from '../core/index.js';
import { Ledger, Traffic } from '../ledger/index.js';
import { openSqliteLedger } from '../ledger/sqlite/index.js';
import { Settings } from './config/settings.js';
import { layout } from './layout.js';

/** The log that `CUSTODY_LEDGER` names; everything above it is the same on either. */
export async function openLedger(
  settings: Pick<Settings, 'ledger' | 'data'>,
  clock: Clock,
  traffic: Traffic,
): Promise<Ledger> {
  if (/^(esdb|kurrentdb)/.test(settings.ledger)) {
    // Its client and gRPC take 25 MB in each thread that loads them.
    const { openEventStoreLedger } = await import('../ledger/eventstore/index.js');
    return openEventStoreLedger({ connectionString: settings.ledger, traffic });
  }
  return openSqliteLedger({ file: layout(settings).log, clock, traffic });
}
