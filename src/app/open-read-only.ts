import { EventCatalogue, Sealed, systemClock } from '../core/index.js';
import { Keystore } from '../identity/index.js';
import { Ledger, Traffic } from '../ledger/index.js';
import { EVENTS } from './catalogue.js';
import { Settings } from './config/settings.js';
import { layout } from './layout.js';
import { openLedger } from './open-ledger.js';
import { withMasterKey } from './with-master-key.js';

/** The log and what opens its sealed parts, for a look at an installation that is there; nothing is written. */
export async function openReadOnly(settings: Settings): Promise<{
  readonly ledger: Ledger;
  readonly catalogue: EventCatalogue;
  readonly unseal: (sealed: Sealed) => string | undefined;
  readonly close: () => Promise<void>;
}> {
  const ledger = await openLedger(settings, systemClock, new Traffic());
  try {
    const keystore = Keystore.open(layout(settings).keys, (await withMasterKey(settings)).masterKey);
    const close = async () => {
      await ledger.close();
      keystore.close();
    };
    return {
      ledger,
      catalogue: new EventCatalogue(...EVENTS),
      unseal: (sealed) => keystore.unseal(sealed),
      close,
    };
  } catch (error) {
    await ledger.close();
    throw error;
  }
}
