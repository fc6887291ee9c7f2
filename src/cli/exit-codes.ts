import { UnusablePath } from '../app/data-folder.js';
import { InvalidSetting } from '../app/config/settings.js';
import { CustodyError, UnknownEvent } from '../core/index.js';
import { KeystoreError } from '../identity/index.js';
import { InvalidConnectionString } from '../ledger/eventstore/index.js';
import { LedgerCorrupted, LedgerUnavailable } from '../ledger/index.js';

/** As in sysexits.h. */
export const EXIT = { ok: 0, usage: 64, data: 65, unavailable: 69, software: 70, io: 74, config: 78 } as const;

/** A flag or argument that can't mean anything, found only after the command line was taken apart. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}

/** What a person reads, and what the shell gets, for an error that ends the program. */
export function explain(error: unknown): { readonly code: number; readonly message: string } {
  if (error instanceof InvalidSetting) return { code: EXIT.config, message: `wrong configuration\n${error.message}` };
  if (error instanceof KeystoreError || error instanceof InvalidConnectionString)
    return { code: EXIT.config, message: error.message };
  if (error instanceof UnusablePath) return { code: EXIT.io, message: error.message };
  if (error instanceof WrongUsage) return { code: EXIT.usage, message: error.message };
  if (error instanceof LedgerCorrupted || error instanceof UnknownEvent)
    return { code: EXIT.data, message: error.message };
  if (error instanceof LedgerUnavailable) {
    return {
      code: error.reason === 'unreachable' || error.reason === 'busy' ? EXIT.unavailable : EXIT.io,
      message: error.message,
    };
  }
  if (error instanceof CustodyError)
    return { code: error.kind === 'unavailable' ? EXIT.unavailable : EXIT.data, message: error.message };
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
