import { ModelSigningKey } from '../registry/index.js';
import { Settings } from './config/settings.js';
import { layout } from './layout.js';

/** The key that model versions are signed with. A file that somebody named is never made for them. */
export function openSigningKey(settings: Settings): ModelSigningKey {
  const { modelSigningKey: named } = settings;
  return ModelSigningKey.open(named ?? layout(settings).modelSigningKey, { make: named === undefined });
}
