export { Keystore } from './keystore.js';
export { unwrapMasterKey } from './unwrap-master-key.js';
export { KeystoreError } from './keystore-error.js';
