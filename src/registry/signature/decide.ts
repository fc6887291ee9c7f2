import { accept, Decider } from '../../core/index.js';
import { ModelSigningKeyIntroduced, ModelVersionSigned, SigningKey } from './events.js';

/** By their ids, the oldest first. */
export type SigningKeys = ReadonlyMap<string, SigningKey>;

/** A key is introduced once, however often servers start with it. */
export const signingKeysDecider: Decider<SigningKeys, SigningKey, ModelSigningKeyIntroduced> = {
  initial: new Map(),
  evolve: (keys, { data }) => new Map([...keys, [data.keyId, data]]),
  decide: (key, keys) => (keys.has(key.keyId) ? accept() : accept({ type: 'ModelSigningKeyIntroduced', data: key })),
};

type Signature = ModelVersionSigned['data'];

/** The same files are signed once: a signature says something about them, not about the moment. */
export const signatureDecider: Decider<Signature | undefined, Signature, ModelVersionSigned> = {
  initial: undefined,
  evolve: (_before, { data }) => data,
  decide: (signature, known) =>
    known?.manifest === signature.manifest && known.path === signature.path
      ? accept()
      : accept({ type: 'ModelVersionSigned', data: signature }),
};
