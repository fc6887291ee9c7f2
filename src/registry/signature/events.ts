import { DomainEvent, ManifestDigest, ModelId } from '../../core/index.js';

export interface SigningKey {
  /** SHA-256 of the public key as PEM, which bundles name it by. */
  readonly keyId: string;
  readonly algorithm: string;
  /** PEM: whoever trusts the log finds in it what old signatures are verified with. */
  readonly publicKey: string;
}

/** The server began to sign models with a key that the log did not know. */
export type ModelSigningKeyIntroduced = DomainEvent<'ModelSigningKeyIntroduced', SigningKey>;

export type ModelVersionSigned = DomainEvent<
  'ModelVersionSigned',
  {
    readonly modelId: ModelId;
    /** The model's name at the time: the signature is about `<name>/<version>`. */
    readonly name: string;
    readonly version: number;
    /** The sealed files, and the folder in them that the version is. */
    readonly manifest: ManifestDigest;
    readonly path: string;
    readonly files: number;
    readonly keyId: string;
    /** SHA-256 of the bundle, under which the artifact store has it. */
    readonly bundle: string;
  }
>;

export const SIGNING_KEYS = 'model-signing-keys';
export const signatureStream = (modelId: ModelId, version: number): string => `model-signature-${modelId}-${version}`;
