import { InvalidSetting } from '../app/config/settings.js';
import { CustodyError, UnknownEvent } from '../core/index.js';
import { KeystoreError } from '../identity/index.js';
import { InvalidConnectionString } from '../ledger/eventstore/index.js';
import { LedgerCorrupted, LedgerUnavailable } from '../ledger/index.js';

/** As in sysexits.h. */
export const EXIT = { ok: 0, usage: 64, data: 65, unavailable: 69, software: 70, io: 74, config: 78 } as const;

/** What a person reads, and what the shell gets, for an error that ends the program. */
export function explain(error: unknown): { readonly code: number; readonly message: string } {
  if (error instanceof InvalidSetting) return { code: EXIT.config, message: `wrong configuration\n${error.message}` };
  if (error instanceof KeystoreError || error instanceof InvalidConnectionString)
    return { code: EXIT.config, message: error.message };
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
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return { code: EXIT.unavailable, message: `${message}: another program listens there; choose another with --port` };
  if (
    code === 'ENOENT' ||
    code === 'EISDIR' ||
    code === 'EACCES' ||
    code === 'EROFS' ||
    code === 'ENOSPC' ||
    code === 'EIO' ||
    code === 'ENOTDIR'
  )
    return { code: EXIT.io, message };
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return { code: EXIT.config, message: `${message}: choose another with --host` };
  return { code: EXIT.software, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
