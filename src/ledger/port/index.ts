export * from './errors.js';
export * from './ledger.js';
export * from './traffic.js';
export * from './validate.js';
