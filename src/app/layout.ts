import { join } from 'node:path';
import { Settings } from './config/settings.js';

/** Where everything lies in the data folder. */
export function layout({ data, ledger }: Pick<Settings, 'data' | 'ledger'>) {
  return {
    log: ledger.startsWith('sqlite:///') ? ledger.slice('sqlite://'.length) : join(data, 'log.db'),
    readModels: join(data, 'read-models.db'),
    artifacts: join(data, 'artifacts'),
    keys: join(data, 'keys'),
  };
}
