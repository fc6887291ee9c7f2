export * from './port/index.js';
export * from './deciding/decision-maker.js';
export { Following } from './subscription/following.js';
