import { CustodyError } from '../../core/index.js';
// Not by the room's index: settings are read before any room is loaded.
import { parseLogKeys } from '../../evidence/keys/log-keys.js';

/** How the log signs itself. */
export interface EvidenceSettings {
  readonly logKey: string | undefined;
  readonly logOrigin: string;
  readonly checkpointSeconds: number;
}

interface EvidenceSetting<T> {
  readonly variable: string;
  readonly about: string;
  readonly fallback: string;
  readonly parse: (text: string) => T;
  readonly secret?: true;
}

const LONGEST = 86_400;

export const EVIDENCE_SETTINGS: {
  readonly [Name in keyof EvidenceSettings]: EvidenceSetting<EvidenceSettings[Name]>;
} = {
  logKey: {
    variable: 'CUSTODY_LOG_KEY',
    about:
      'Keys that sign checkpoints of the log (PRIVATE+KEY+name+…), separated by commas, the present one first; all of them sign. Empty: the file keys/log-key in the data folder, made at first start.',
    fallback: '',
    parse: logKey,
    secret: true,
  },
  logOrigin: {
    variable: 'CUSTODY_LOG_ORIGIN',
    about:
      'Name of the log in its checkpoints, as in lab.example/custody. It stays for good. Empty: custody.local/ and a random id, made at first start.',
    fallback: '',
    parse: logOrigin,
  },
  checkpointSeconds: {
    variable: 'CUSTODY_CHECKPOINT_SECONDS',
    about: 'How often the log is signed when it has grown, in seconds. 0: on demand and at shutdown only.',
    fallback: '60',
    parse: seconds,
  },
};

/** The text as it is, once it is known to hold keys. */
function logKey(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    const keys = parseLogKeys(text, 'it');
    if (new Set(keys.map(({ signer }) => signer.name)).size === 1) return text;
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
  }
  throw new Error('must be signing keys of one name, PRIVATE+KEY+name+id+base64, separated by commas');
}

/** What may stand in the first line of a checkpoint and be the name of a key. */
function logOrigin(text: string): string {
  if (text === '' || (text.length <= 200 && /^[\w.:-]+(\/[\w.~-]+)*$/.test(text))) return text;
  throw new Error('must be a name such as lab.example/custody, with no scheme, no spaces and no plus');
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= LONGEST) return value;
  throw new Error(`must be a whole number from 0 to ${LONGEST}`);
}
