import { resolve } from 'node:path';

/** The master key from a key management service: a program or an address unwraps it at each start. */
export interface MasterKeySettings {
  readonly masterKeyCommand: readonly string[] | undefined;
  readonly masterKeyUrl: string | undefined;
  readonly masterKeyToken: string | undefined;
  readonly masterKeyWrapped: string | undefined;
}

interface MasterKeySetting<T> {
  readonly variable: string;
  readonly about: string;
  readonly fallback: string;
  readonly parse: (text: string) => T;
  readonly secret?: true;
}

export const MASTER_KEY_SETTINGS: {
  readonly [Name in keyof MasterKeySettings]: MasterKeySetting<MasterKeySettings[Name]>;
} = {
  masterKeyCommand: {
    variable: 'CUSTODY_MASTER_KEY_COMMAND',
    about:
      'A program that unwraps the master key at start, as a JSON array of its name and arguments (no shell): it reads the wrapped key from its standard input and prints base64 of the 32 bytes.',
    fallback: '',
    parse: command,
  },
  masterKeyUrl: {
    variable: 'CUSTODY_MASTER_KEY_URL',
    about:
      'Instead of a program, an address of a key service (https; http on this machine only): the wrapped key is posted as {"ciphertext"}, and {"plaintext"} or {"data": {"plaintext"}} answered, as HashiCorp Vault’s transit does.',
    fallback: '',
    parse: url,
  },
  masterKeyToken: {
    variable: 'CUSTODY_MASTER_KEY_TOKEN',
    about: 'What the key service knows this server by; sent as a bearer token and as X-Vault-Token.',
    fallback: '',
    parse: (text) => (text === '' ? undefined : text),
    secret: true,
  },
  masterKeyWrapped: {
    variable: 'CUSTODY_MASTER_KEY_WRAPPED',
    about: 'File with the wrapped master key. Empty: keys/master.key.wrapped in the data folder, where there is one.',
    fallback: '',
    parse: (text) => (text === '' ? undefined : resolve(text)),
  },
};

const SHAPE = 'must be a JSON array of texts, such as ["/usr/local/bin/unwrap", "--key", "custody"]';

function command(text: string): readonly string[] | undefined {
  if (text === '') return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error(SHAPE);
  }
  const isTexts = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((each) => typeof each === 'string' && !each.includes('\0'));
  if (!isTexts(parsed) || (parsed[0] ?? '') === '') throw new Error(SHAPE);
  return parsed;
}

function url(text: string): string | undefined {
  if (text === '') return undefined;
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const local = parsed && ['127.0.0.1', '[::1]', 'localhost'].includes(parsed.hostname);
  if (!parsed || !(parsed.protocol === 'https:' || (parsed.protocol === 'http:' && local)))
    throw new Error('must be an https address, or http on this machine');
  if (parsed.username || parsed.password) throw new Error('must not hold a password: use CUSTODY_MASTER_KEY_TOKEN');
  return text;
}

/** What is wrong with the settings taken together, each line naming one. */
export function masterKeyProblems({
  masterKey,
  masterKeyCommand: program,
  masterKeyUrl: address,
  masterKeyToken: token,
}: MasterKeySettings & { readonly masterKey: string | undefined }): readonly string[] {
  const given = [
    ...(masterKey === undefined ? [] : ['CUSTODY_MASTER_KEY']),
    ...(program === undefined ? [] : ['CUSTODY_MASTER_KEY_COMMAND']),
    ...(address === undefined ? [] : ['CUSTODY_MASTER_KEY_URL']),
  ];
  return [
    ...(given.length > 1 ? [`${given.join(', ')}: the master key comes from one place: give one of them`] : []),
    ...(token !== undefined && address === undefined
      ? ['CUSTODY_MASTER_KEY_TOKEN: is for CUSTODY_MASTER_KEY_URL, which is not given']
      : []),
  ];
}
