export * from './bell.js';
export * from './consume-defaults.js';
export * from './deliver.js';
export * from './follow.js';
