export {
  addSignatures,
  openNote,
  parseLine,
  signatureLine,
  signNote,
  splitNote,
  type NoteSigner,
  type NoteVerifier,
  type OpenedNote,
  type SignatureLine,
} from './note.js';
export {
  ED25519,
  ed25519KeyPair,
  ed25519PublicKey,
  ed25519Signer,
  formatSigningKey,
  formatVkey,
  keyIdOf,
  parseSigningKey,
  parseVkey,
  readVkey,
  verifyEd25519,
  type Ed25519Signer,
} from './keys.js';
export { NoteError, type NoteProblem } from './note-error.js';
