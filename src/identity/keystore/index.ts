export { Keystore } from './keystore.js';
export { KeystoreError } from './keystore-error.js';
