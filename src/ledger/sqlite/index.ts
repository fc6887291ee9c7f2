export { openSqliteLedger, type SqliteLedgerOptions } from './open-sqlite-ledger.js';
export { checkLog } from './check-log.js';
export * from './copy-log.js';
