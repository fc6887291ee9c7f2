import { unwrapMasterKey } from '../identity/index.js';
import { Settings } from './config/settings.js';
import { layout } from './layout.js';

/**
 * The settings with the master key in them, where a key service has it. Asked once a process: its threads get
 * these settings.
 */
export async function withMasterKey(settings: Settings): Promise<Settings> {
  if (settings.masterKey !== undefined) return settings;
  const { masterKeyCommand: command, masterKeyUrl: url, masterKeyToken: token, masterKeyWrapped: wrapped } = settings;
  const masterKey = await unwrapMasterKey(layout(settings).keys, { command, url, token, wrapped });
  if (masterKey === undefined) return settings;
  return { ...settings, masterKey, masterKeyCommand: undefined, masterKeyUrl: undefined, masterKeyToken: undefined };
}
