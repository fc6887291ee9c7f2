export { InvalidConnectionString } from './connection-string.js';
export { type EventStoreOptions, openEventStoreLedger } from './event-store-ledger.js';
export { GroupMismatch } from './groups.js';
