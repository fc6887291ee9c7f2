export * from './access-policy.js';
export * from './caller.js';
export * from './mlflow-paths.js';
export * from './permissions.js';
export * from './quick-check.js';
export * from './requires.js';
export * from './strict.js';
export * from './transforms.js';
