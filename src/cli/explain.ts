import { UnusablePath } from '../app/data-folder.js';
import { UnknownEvent } from '../core/index.js';
import { NoteError, WitnessingError } from '../evidence/index.js';
import { LogNotAsSigned } from '../evidence/bundle/index.js';
import { KeystoreError } from '../identity/index.js';
import { InvalidConnectionString } from '../ledger/eventstore/index.js';
import { LedgerCorrupted, LedgerUnavailable } from '../ledger/index.js';
import { SigningKeyError } from '../registry/index.js';
import { EXIT, Explained } from './exit-codes.js';

/** For errors of any room, and of the machine: `explainUsual` comes first. */
export function explain(error: unknown): Explained {
  const wrong = [KeystoreError, InvalidConnectionString, SigningKeyError, WitnessingError, NoteError];
  if (wrong.some((kind) => error instanceof kind)) return { code: EXIT.config, message: (error as Error).message };
  if (error instanceof UnusablePath) return { code: EXIT.io, message: error.message };
  if (error instanceof LedgerCorrupted || error instanceof UnknownEvent || error instanceof LogNotAsSigned)
    return { code: EXIT.data, message: error.message };
  if (error instanceof LedgerUnavailable) {
    return {
      code: error.reason === 'unreachable' || error.reason === 'busy' ? EXIT.unavailable : EXIT.io,
      message: error.message,
    };
  }
  return explainSystemError(error as NodeJS.ErrnoException) ?? bug(error);
}

const IO = ['ENOENT', 'EISDIR', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EIO', 'ENOTDIR', 'EEXIST'];
const NO_ADDRESS = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NONAME', 'EINVAL'];

function explainSystemError({ code = '', message, syscall }: NodeJS.ErrnoException) {
  if (code === 'EADDRINUSE')
    return { code: EXIT.unavailable, message: `${message}: another program listens there; choose another with --port` };
  if (code === 'EACCES' && syscall === 'listen')
    return { code: EXIT.config, message: `${message}: this port is for administrators; choose another with --port` };
  if (NO_ADDRESS.includes(code))
    return { code: EXIT.config, message: `${message}: this is no address of this machine; choose another with --host` };
  return IO.includes(code) ? { code: EXIT.io, message } : undefined;
}

const bug = (error: unknown) => ({
  code: EXIT.software,
  message: error instanceof Error ? (error.stack ?? error.message) : String(error),
});
