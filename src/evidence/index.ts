export * from './merkle/index.js';
export * from './note/index.js';
export * from './checkpoint.js';
export * from './entry.js';
export * from './tiles/index.js';
export * from './proof-file.js';
