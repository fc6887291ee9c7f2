import { join } from 'node:path';
import { Settings } from './config/settings.js';

/** The log is a file here, not a server elsewhere. */
export const isFileLedger = ({ ledger }: Pick<Settings, 'ledger'>): boolean =>
  ledger === '' || ledger.startsWith('sqlite:');

/** Where everything lies in the data folder. */
export function layout({ data, ledger }: Pick<Settings, 'data' | 'ledger'>) {
  return {
    log: ledger.startsWith('sqlite:///') ? ledger.slice('sqlite://'.length) : join(data, 'log.db'),
    readModels: join(data, 'read-models.db'),
    /** A rebuild under way; what a killed one leaves behind is removed at the next start. */
    building: join(data, 'read-models.db.building'),
    artifacts: join(data, 'artifacts'),
    keys: join(data, 'keys'),
    /** The tree of the log, and every checkpoint that was signed of it. */
    evidence: join(data, 'evidence'),
    logKey: join(data, 'keys', 'log-key'),
  };
}
