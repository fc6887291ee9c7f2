// One project; the kind of a test is its suffix (.unit, .int, .e2e, .fault), chosen by the npm scripts.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.(unit|int|e2e|fault).spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { swcrc: false, jsc: swcOptions(), module: { type: 'es6' }, sourceMaps: 'inline' }],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transformIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  testSequencer: '<rootDir>/test/sequencer.mjs',
  testTimeout: 60_000,
  // Two at a time: the end-to-end tests start servers and workers of their own.
  maxWorkers: 2,
};

function swcOptions() {
  return {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  };
}
