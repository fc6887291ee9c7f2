export { openSqliteLedger, type SqliteLedgerOptions } from './open-sqlite-ledger.js';
export { restoreLog } from './restore-log.js';
export { checkLog } from './check-log.js';
export * from './copy-log.js';
export { LogFile, type LoggedRow } from './log-file.js';
