import { resolve } from 'node:path';

/** Who outside of this server gets its checkpoints. */
export interface OutsideSettings {
  readonly witnessPolicy: string | undefined;
  readonly witnessSeconds: number;
  readonly anchorFolder: string | undefined;
  readonly anchorUrl: string | undefined;
  readonly anchorGit: string | undefined;
  readonly anchorMinutes: number;
}

interface OutsideSetting<T> {
  readonly variable: string;
  readonly about: string;
  readonly fallback: string;
  readonly parse: (text: string) => T;
  readonly secret?: true;
}

const path = (text: string): string | undefined => (text === '' ? undefined : resolve(text));

export const OUTSIDE_SETTINGS: {
  readonly [Name in keyof OutsideSettings]: OutsideSetting<OutsideSettings[Name]>;
} = {
  witnessPolicy: {
    variable: 'CUSTODY_WITNESS_POLICY',
    about:
      'File that names the witnesses of this log and how many of them are enough (C2SP tlog-policy): each checkpoint is taken to them to be cosigned. Empty: none.',
    fallback: '',
    parse: path,
  },
  witnessSeconds: {
    variable: 'CUSTODY_WITNESS_SECONDS',
    about: 'How long one witness may take to cosign, in seconds. The log never waits for it.',
    fallback: '10',
    parse: whole(1, 300),
  },
  anchorFolder: {
    variable: 'CUSTODY_ANCHOR_FOLDER',
    about:
      'A folder, best on a disk that cannot be rewritten from here, into which checkpoints are written, each under a name of its own. Empty: none.',
    fallback: '',
    parse: path,
  },
  anchorUrl: {
    variable: 'CUSTODY_ANCHOR_URL',
    about:
      'Where checkpoints are posted as text, https only; CUSTODY_WEBHOOK_ALLOW and CUSTODY_WEBHOOK_LOOPBACK hold here too. Empty: nowhere.',
    fallback: '',
    parse: url,
    secret: true,
  },
  anchorGit: {
    variable: 'CUSTODY_ANCHOR_GIT',
    about:
      'A git repository (a path, ssh:// or https://) to whose branch checkpoints they are pushed, with the git program and the credentials that it finds. Empty: none.',
    fallback: '',
    parse: repository,
    secret: true,
  },
  anchorMinutes: {
    variable: 'CUSTODY_ANCHOR_MINUTES',
    about:
      'How often at most a checkpoint goes to the folder, the URL and the repository, in minutes; 0: each of them.',
    fallback: '60',
    parse: whole(0, 10_080),
  },
};

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new Error(`must be a whole number from ${least} to ${most}`);
  };
}

function url(text: string): string | undefined {
  if (text === '') return undefined;
  if (URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol)) return text;
  throw new Error('must be an https:// URL');
}

/** Nothing that git would take for an option or a program. */
function repository(text: string): string | undefined {
  if (text === '') return undefined;
  if (!text.startsWith('-') && !/^\w+::/.test(text) && !/\p{Cc}/u.test(text)) return text;
  throw new Error('must be the path or the ssh:// or https:// address of a git repository');
}
