export { openSqliteLedger, type SqliteLedgerOptions } from './open-sqlite-ledger.js';
export { checkLog } from './check-log.js';
export { LogFile, type LoggedRow } from './log-file.js';
