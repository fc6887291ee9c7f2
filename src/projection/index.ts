export * from './named.js';
export * from './projection.js';
export * from './projector.js';
export * from './read-models.js';
export * from './statements.js';
