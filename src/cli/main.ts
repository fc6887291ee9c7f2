#!/usr/bin/env node
/** The first Node whose own `crypto` has Argon2id. */
const NEEDED = 24;

if (Number(process.versions.node.split('.', 1)[0]) < NEEDED) {
  console.error(`custody: needs Node ${NEEDED} or newer, this is ${process.versions.node}; npm run brings its own`);
  process.exit(78);
}
// Threads inherit it: whatever this process makes is for its owner alone.
process.umask(0o077);
await import('./program.js');
export {};
