/** The keys can't be used; the program must stop and say so, never go on with other keys. Holds no secret. */
export class KeystoreError extends Error {
  override readonly name = 'KeystoreError';
  constructor(
    readonly reason:
      | 'invalid-master-key'
      | 'wrong-master-key'
      | 'master-key-missing'
      | 'unsafe-permissions'
      | 'key-service-failed'
      | 'damaged',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
