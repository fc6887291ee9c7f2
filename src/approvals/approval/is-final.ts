import { CustodyError, ErrorKind } from '../../core/index.js';

const FINAL: readonly ErrorKind[] = ['invalid', 'denied', 'not-found', 'already-exists', 'state', 'too-large', 'lost'];

/** Whether trying again can't help: it is the world that has changed, and not the server that is busy or away. */
export const isFinal = (error: unknown): error is CustodyError =>
  error instanceof CustodyError && FINAL.includes(error.kind);
