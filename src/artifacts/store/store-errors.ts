import { CustodyError, errors } from '../../core/index.js';

export const DAMAGED = 'artifact-damaged';
export const MISSING = 'artifact-missing';

/** What was stored is no longer what the log says. `actual` is the digest of what is there now. */
export class DamagedBytes extends CustodyError {
  constructor(
    readonly sha256: string,
    readonly actual: string,
  ) {
    super({
      kind: 'lost',
      code: DAMAGED,
      message: `stored bytes are damaged: their SHA-256 is ${actual}, recorded is ${sha256}; restore them from a backup`,
    });
  }
}

export class MissingBytes extends CustodyError {
  constructor(readonly sha256: string) {
    super({
      kind: 'lost',
      code: MISSING,
      message: `the bytes with SHA-256 ${sha256} are not in the artifact store; restore them from a backup`,
    });
  }
}

export const tooLarge = (maxBytes: number) =>
  errors.tooLarge('artifact-too-large', `an artifact may have at most ${maxBytes} bytes`, 'body');

export const brokenOff = () =>
  errors.invalid('body-broken-off', 'nothing was stored: the body broke off before its end', 'body');

const SHA256 = /^[0-9a-f]{64}$/;

export const isDigest = (text: string): boolean => SHA256.test(text);

/** A digest becomes part of a file name or key: nothing else may. */
export function digest(text: string): string {
  if (!isDigest(text)) throw errors.invalid('digest-invalid', 'a digest is 64 lower-case hex digits', 'sha256');
  return text;
}
