import { createHash, createPublicKey, KeyObject, sign, verify } from 'node:crypto';

/** A model that is signed by a key: a Sigstore bundle around a DSSE envelope around an in-toto statement. */
export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** The curves that the format allows, by their names in OpenSSL, each with its digest. */
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' };
const NAMES: Readonly<Record<string, string>> = { prime256v1: 'p256', secp384r1: 'p384', secp521r1: 'p521' };

const curveOf = (key: KeyObject): string | undefined =>
  key.asymmetricKeyType === 'ec' ? key.asymmetricKeyDetails?.namedCurve : undefined;

/** `undefined` for a key that no model can be signed with. */
export function algorithmOf(key: KeyObject): string | undefined {
  const curve = curveOf(key) ?? '';
  const digest = CURVES[curve];
  return digest === undefined ? undefined : `ecdsa-${NAMES[curve]}-${digest}`;
}

const digestFor = (key: KeyObject): string => {
  const digest = CURVES[curveOf(key) ?? ''];
  if (digest === undefined) throw new Error('the key must be an EC key on the curve P-256, P-384 or P-521');
  return digest;
};

/** As PEM, byte for byte as other tools write it, since keys are named by its digest. */
export const publicPem = (key: KeyObject): string =>
  (key.type === 'public' ? key : createPublicKey(key)).export({ type: 'spki', format: 'pem' }).toString();

/** How a bundle names the key that it was signed with. */
export const keyIdOf = (key: KeyObject): string => createHash('sha256').update(publicPem(key)).digest('hex');

/** What is signed: the payload with its type and both lengths in front (DSSE's pre-authentication encoding). */
const encoded = (payload: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload]);

export function signBundle(statement: Buffer, key: KeyObject): Buffer {
  const signature = sign(digestFor(key), encoded(statement), key);
  const bundle = {
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: keyIdOf(key) }, tlogEntries: [] },
    dsseEnvelope: {
      payload: statement.toString('base64'),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: signature.toString('base64'), keyid: '' }],
    },
  };
  return Buffer.from(JSON.stringify(bundle));
}

interface Claimed {
  readonly mediaType?: unknown;
  readonly verificationMaterial?: { readonly publicKey?: { readonly hint?: unknown } };
  readonly dsseEnvelope?: {
    readonly payload?: unknown;
    readonly payloadType?: unknown;
    readonly signatures?: readonly { readonly sig?: unknown }[];
  };
}

/** Which key a bundle says that it was signed with, before anything of it is checked. */
export function keyIdIn(bundle: Buffer): string | undefined {
  try {
    const hint = (JSON.parse(bundle.toString()) as Claimed).verificationMaterial?.publicKey?.hint;
    return typeof hint === 'string' && hint !== '' ? hint : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The signed payload of a bundle, once its signature is found to be this key's.
 * @throws Error that says what is wrong with it
 */
export function openBundle(bundle: Buffer, key: KeyObject): Buffer {
  const claimed = JSON.parse(bundle.toString()) as Claimed;
  if (claimed.mediaType !== BUNDLE_TYPE) throw new Error(`it is no Sigstore bundle (${BUNDLE_TYPE})`);
  const hint = claimed.verificationMaterial?.publicKey?.hint;
  if (hint !== keyIdOf(key)) throw new Error('it was signed with another key');
  const { payload, payloadType, signatures } = claimed.dsseEnvelope ?? {};
  const [signature, ...others] = signatures ?? [];
  if (payloadType !== PAYLOAD_TYPE) throw new Error(`what is signed is not of the type ${PAYLOAD_TYPE}`);
  if (signature === undefined || others.length > 0) throw new Error('it must have one signature');
  const bytes = base64(payload, 'payload');
  if (!verify(digestFor(key), encoded(bytes), key, base64(signature.sig, 'signature')))
    throw new Error('the signature does not fit: it, or what is signed, was altered');
  return bytes;
}

/** In its one form: a reader that takes several would let bytes be changed unnoticed. */
function base64(text: unknown, what: string): Buffer {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'base64') : undefined;
  if (bytes === undefined || bytes.toString('base64') !== text) throw new Error(`its ${what} is not base64`);
  return bytes;
}
