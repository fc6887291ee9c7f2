export * from './error-codes.js';
export * from './search/index.js';
export * from './version.js';
