import { errors } from '../../core/index.js';
import { brokenOff } from './store-errors.js';

/** What an operator or a client can mend, in words; anything else goes on as it is. */
export function diskError(error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'SQLITE_FULL':
      return errors.unavailable('artifact-disk-full', 'nothing was stored: the disk of the artifact store is full');
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
      return errors.unavailable('artifact-disk-read-only', 'nothing was stored: the artifact store is read-only');
    case 'EIO':
      return errors.unavailable('artifact-disk-error', 'the disk of the artifact store reports an error');
    case 'ECONNRESET':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return brokenOff();
    default:
      return error;
  }
}
