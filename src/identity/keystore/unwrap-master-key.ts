import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeystoreError } from './keystore-error.js';

const WAIT_MS = 30_000;
/** Base64 of 32 bytes, and some room for line ends: more is no key. */
const MAX_ANSWER = 1024;
const KEY = /^[A-Za-z0-9+/]{43}=$/;

export interface KeyService {
  /** Program and arguments; no shell takes them apart. */
  readonly command?: readonly string[] | undefined;
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  /** File with the wrapped key. */
  readonly wrapped?: string | undefined;
}

/**
 * The master key as a key management service unwraps it: asked for at each start, kept in memory only. What it
 * answers, on success or failure, is in no message: it may be the key.
 */
export async function unwrapMasterKey(folder: string, service: KeyService): Promise<string | undefined> {
  const { command, url, token } = service;
  if (command === undefined && url === undefined) return undefined;
  const wrapped = wrappedIn(folder, service);
  const answer =
    command === undefined ? await post(url!, token, wrapped) : await run(command, wrapped ?? Buffer.alloc(0));
  const key = answer.trim();
  if (KEY.test(key)) return key;
  throw failed(`${nameOf(service)} did not answer base64 of exactly 32 bytes`);
}

function wrappedIn(folder: string, { wrapped }: KeyService): Buffer | undefined {
  const file = wrapped ?? join(folder, 'master.key.wrapped');
  if (wrapped === undefined && !existsSync(file)) return undefined;
  try {
    return readFileSync(file);
  } catch (cause) {
    throw failed(`the wrapped key in ${file} can't be read`, cause);
  }
}

function run([program = '', ...args]: readonly string[], input: Buffer): Promise<string> {
  const name = `the program ${program} (CUSTODY_MASTER_KEY_COMMAND)`;
  // It may need its own credentials, but none of ours.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('CUSTODY_')));
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, shell: false, stdio: ['pipe', 'pipe', 'ignore'], timeout: WAIT_MS });
    let out = '';
    child.stdin.on('error', () => undefined).end(input);
    child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
      out += chunk;
      if (out.length > MAX_ANSWER) child.kill('SIGKILL');
    });
    child.once('error', (cause) => reject(failed(`${name} can't be started`, cause)));
    child.once('close', (code, signal) => {
      if (code === 0 && out.length <= MAX_ANSWER) resolve(out);
      else reject(failed(`${name} ended with ${code ?? signal}; run it by hand to see why`));
    });
  });
}

async function post(url: string, token: string | undefined, wrapped: Buffer | undefined): Promise<string> {
  const name = 'the key service (CUSTODY_MASTER_KEY_URL)';
  if (wrapped === undefined)
    throw failed(`${name} needs a wrapped key: keys/master.key.wrapped, or CUSTODY_MASTER_KEY_WRAPPED`);
  const known = token === undefined ? {} : { authorization: `Bearer ${token}`, 'x-vault-token': token };
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(WAIT_MS),
    headers: { 'content-type': 'application/json', ...known },
    body: JSON.stringify({ ciphertext: wrapped.toString('utf8').trim() }),
  }).catch((cause: unknown) => {
    throw failed(`${name} can't be reached`, cause);
  });
  if (!response.ok) throw failed(`${name} answered ${response.status}`);
  const answer = (await response.json().catch(() => undefined)) as Answer | undefined;
  const plaintext = answer?.plaintext ?? answer?.data?.plaintext;
  if (typeof plaintext !== 'string') throw failed(`${name} answered no plaintext`);
  return plaintext;
}

interface Answer {
  readonly plaintext?: unknown;
  readonly data?: { readonly plaintext?: unknown };
}

const nameOf = ({ command }: KeyService): string =>
  command === undefined
    ? 'the key service (CUSTODY_MASTER_KEY_URL)'
    : `the program ${command[0]} (CUSTODY_MASTER_KEY_COMMAND)`;

const failed = (why: string, cause?: unknown) =>
  new KeystoreError('key-service-failed', `the master key could not be unwrapped: ${why}`, { cause });
