import { createPublicKey, KeyObject } from 'node:crypto';
import { keyIdOf, openBundle } from './bundle.js';
import { isIgnored, readStatement, SignedFiles } from './statement.js';

export interface ModelToVerify {
  /** `model.sig`, as bytes. */
  readonly bundle: Buffer;
  /** PEM of the public key that it has to be signed with. */
  readonly publicKey: string;
  /** The SHA-256 of each file of the model, by its path from the model's folder on. */
  readonly files: SignedFiles;
  /** Whose signature it has to be: `<name>/<version>`. Any model's, when it is not said. */
  readonly subject?: string;
}

export type ModelVerdict =
  | { readonly ok: true; readonly subject: string; readonly keyId: string; readonly files: number }
  /** All that is wrong, in words. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Checks an OpenSSF Model Signing bundle (key method) with nothing but a public key. Never throws. */
export function verifyModelSignature({ bundle, publicKey, files, subject }: ModelToVerify): ModelVerdict {
  let key: KeyObject;
  try {
    key = createPublicKey(publicKey);
  } catch {
    return refused('the public key is none');
  }
  try {
    const statement = readStatement(openBundle(bundle, key));
    const problems = [
      ...(subject === undefined || subject === statement.subject
        ? []
        : [`it is the signature of ${statement.subject}, not of ${subject}`]),
      ...differences(statement.files, files, statement.ignored),
    ];
    if (problems.length > 0) return { ok: false, problems };
    return { ok: true, subject: statement.subject, keyId: keyIdOf(key), files: statement.files.size };
  } catch (error) {
    return refused(error instanceof SyntaxError ? 'it is no JSON' : (error as Error).message);
  }
}

const refused = (problem: string): ModelVerdict => ({ ok: false, problems: [`the signature is no good: ${problem}`] });

function differences(signed: SignedFiles, found: SignedFiles, ignored: readonly string[]): readonly string[] {
  const shown = (path: string) => (path === '' ? 'the file' : path);
  const changed = [...signed].flatMap(([path, digest]) => {
    const now = found.get(path);
    if (now === undefined) return [`${shown(path)} is signed, but missing`];
    return now === digest ? [] : [`${shown(path)} is not the file that was signed`];
  });
  const added = [...found.keys()]
    .filter((path) => !signed.has(path) && !isIgnored(path, ignored))
    .map((path) => `${shown(path)} was not signed`);
  return [...changed, ...added];
}
