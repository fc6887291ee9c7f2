export * from './error-codes.js';
export * from './version.js';
