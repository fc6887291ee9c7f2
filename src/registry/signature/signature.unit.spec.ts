import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { EventCatalogue, ManifestDigest, ModelId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { algorithmOf, keyIdIn, keyIdOf, publicPem, signBundle } from './bundle.js';
import { signatureEvents } from './catalogue.js';
import { signatureDecider, signingKeysDecider } from './decide.js';
import { ModelSigningKeyIntroduced, ModelVersionSigned } from './events.js';
import { readStatement, statementOf } from './statement.js';
import { verifyModelSignature } from './verify-model-signature.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const FILES = new Map([
  ['MLmodel', sha256('model')],
  ['data/trees.json', sha256('trees')],
  ['data.txt', sha256('text')],
]);
const pair = (namedCurve = 'prime256v1') => generateKeyPairSync('ec', { namedCurve });
const { privateKey, publicKey } = pair();
const PEM = publicPem(publicKey);
const bundle = signBundle(statementOf('lims/2', FILES), privateKey);
const check = (more: Partial<Parameters<typeof verifyModelSignature>[0]> = {}) =>
  verifyModelSignature({ bundle, publicKey: PEM, files: FILES, subject: 'lims/2', ...more });
const problemsOf = (more: Parameters<typeof check>[0]) => {
  const verdict = check(more);
  return verdict.ok ? [] : verdict.problems;
};

/** Written by the Python package `model-signing` 1.1 over the files `a` ("a\n") and `d/ü` ("b\n"). */
const THEIRS = {
  publicKey: `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2fd+vlYwcRw+WMyw0iiTIbugwS0Q
L4aBjz/xCnzR/WmwZNa5VpMuTvPSP9pfwKejFL85tErVEZA9UjmRUrARgg==
-----END PUBLIC KEY-----
`,
  bundle: Buffer.from(
    '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"aef871feeff363195537c1582d6daac1a8b89b349c133437a9ac83e011a9b487"},"tlogEntries":[]},"dsseEnvelope":{"payload":"ewogICJfdHlwZSI6ICJodHRwczovL2luLXRvdG8uaW8vU3RhdGVtZW50L3YxIiwKICAic3ViamVjdCI6IFsKICAgIHsKICAgICAgIm5hbWUiOiAibSIsCiAgICAgICJkaWdlc3QiOiB7CiAgICAgICAgInNoYTI1NiI6ICI2ZWM3YjczZjU4ODM5NzY4ZjVlYjAwNmQ5NmIwMmViYWE3YmYzZDMwYzVkYWFjY2M4MzI2NjNjODI2NmUwOTMxIgogICAgICB9CiAgICB9CiAgXSwKICAicHJlZGljYXRlVHlwZSI6ICJodHRwczovL21vZGVsX3NpZ25pbmcvc2lnbmF0dXJlL3YxLjAiLAogICJwcmVkaWNhdGUiOiB7CiAgICAic2VyaWFsaXphdGlvbiI6IHsKICAgICAgIm1ldGhvZCI6ICJmaWxlcyIsCiAgICAgICJoYXNoX3R5cGUiOiAic2hhMjU2IiwKICAgICAgImFsbG93X3N5bWxpbmtzIjogZmFsc2UsCiAgICAgICJpZ25vcmVfcGF0aHMiOiBbCiAgICAgICAgIi5naXRhdHRyaWJ1dGVzIiwKICAgICAgICAiLmdpdGh1YiIsCiAgICAgICAgIi5naXQiLAogICAgICAgICIuZ2l0aWdub3JlIgogICAgICBdCiAgICB9LAogICAgInJlc291cmNlcyI6IFsKICAgICAgewogICAgICAgICJkaWdlc3QiOiAiODc0MjhmYzUyMjgwM2QzMTA2NWU3YmNlM2NmMDNmZTQ3NTA5NjYzMWU1ZTA3YmJkN2EwZmRlNjBjNGNmMjVjNyIsCiAgICAgICAgImFsZ29yaXRobSI6ICJzaGEyNTYiLAogICAgICAgICJuYW1lIjogImEiCiAgICAgIH0sCiAgICAgIHsKICAgICAgICAiZGlnZXN0IjogIjAyNjM4Mjk5ODliNmZkOTU0ZjcyYmFhZjJmYzY0YmMyZTJmMDFkNjkyZDRkZTcyOTg2ZWE4MDhmNmU5OTgxM2YiLAogICAgICAgICJhbGdvcml0aG0iOiAic2hhMjU2IiwKICAgICAgICAibmFtZSI6ICJkL1x1MDBmYyIKICAgICAgfQogICAgXQogIH0KfQ==","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"MEQCIF63jsaurZzCFSzJOrB0ZKmX0OWtQj8pAIP5ESNHzR6DAiAsFn3XCQFxM+3PzIFwtFG5RrUD46Z98pjoz7kmMJvqlA==","keyid":""}]}}',
  ),
  files: new Map([
    ['a', sha256('a\n')],
    ['d/ü', sha256('b\n')],
  ]),
};

describe('the signature of a model', () => {
  it.each(['prime256v1', 'secp384r1', 'secp521r1'])('verifies on the curve %s', (curve) => {
    const key = pair(curve);
    expect(algorithmOf(key.privateKey)).toMatch(/^ecdsa-p\d+-sha\d+$/);
    const signed = signBundle(statementOf('lims/2', FILES), key.privateKey);
    expect(check({ bundle: signed, publicKey: publicPem(key.publicKey) })).toEqual({
      ok: true,
      subject: 'lims/2',
      keyId: keyIdOf(key.publicKey),
      files: 3,
    });
    expect(keyIdIn(signed)).toBe(keyIdOf(key.publicKey));
  });

  it('is of a curve that the format has, or of none', () => {
    expect(algorithmOf(pair('secp256k1').privateKey)).toBeUndefined();
    expect(() => signBundle(Buffer.from('{}'), pair('secp256k1').privateKey)).toThrow(/P-256, P-384 or P-521/);
    expect(algorithmOf(generateKeyPairSync('ed25519').privateKey)).toBeUndefined();
  });

  it('is read as the Python package writes it', () => {
    expect(verifyModelSignature(THEIRS)).toMatchObject({ ok: true, subject: 'm', files: 2 });
    expect(verifyModelSignature({ ...THEIRS, files: FILES }).ok).toBe(false);
  });

  it('lists the files folder by folder, whatever order they came in', () => {
    const statement = statementOf('lims/2', FILES);
    expect([...readStatement(statement).files.keys()]).toEqual(['MLmodel', 'data/trees.json', 'data.txt']);
    expect(statementOf('lims/2', new Map([...FILES].reverse())).equals(statement)).toBe(true);
  });

  it('leaves out what the format’s tools leave out, and nothing else', () => {
    const more = ['.gitignore', '.git/HEAD', 'model.sig', 'sub/.gitignore', '.gitty', 'model.sig.txt'];
    const files = new Map(more.map((path) => [path, sha256(path)]));
    expect([...readStatement(statementOf('m', files)).files.keys()]).toEqual([
      '.gitty',
      'model.sig.txt',
      'sub/.gitignore',
    ]);
    const signed = signBundle(statementOf('lims/2', files), privateKey);
    expect(problemsOf({ bundle: signed, files })).toEqual([]);
  });

  it('can be of one file', () => {
    const files = new Map([['', sha256('model')]]);
    const signed = signBundle(statementOf('lims/2', files), privateKey);
    expect(problemsOf({ bundle: signed, files })).toEqual([]);
    expect(problemsOf({ bundle: signed, files: new Map([['', sha256('x')]]) })).toEqual([
      'the file is not the file that was signed',
    ]);
  });

  it.each([
    [
      'a changed file',
      { files: new Map([...FILES, ['MLmodel', sha256('x')]]) },
      'MLmodel is not the file that was signed',
    ],
    ['an added file', { files: new Map([...FILES, ['extra.py', sha256('x')]]) }, 'extra.py was not signed'],
    ['a missing file', { files: new Map([...FILES].slice(1)) }, 'MLmodel is signed, but missing'],
    ['the signature of another version', { subject: 'lims/3' }, 'it is the signature of lims/2, not of lims/3'],
    ['another key', { publicKey: publicPem(pair().publicKey) }, /signed with another key/],
    ['a key that is none', { publicKey: 'a key' }, /the public key is none/],
    ['a bundle that is none', { bundle: Buffer.from('model.sig') }, /no JSON/],
    ['a bundle that is JSON and nothing else', { bundle: Buffer.from('null') }, /no good/],
  ])('is refused for %s', (_what, more, problem) => {
    const problems = problemsOf(more);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
  });

  it('is refused with any bit of the bundle turned that means something', () => {
    const text = bundle.toString();
    for (const part of ['payload":"', '"sig":"', 'hint":"', 'mediaType":"', 'payloadType":"']) {
      const start = text.indexOf(part) + part.length;
      for (let at = start; text[at] !== '"'; at++) {
        const changed = Buffer.from(bundle);
        changed[at] = changed[at] === 0x41 ? 0x42 : 0x41;
        if (check({ bundle: changed }).ok) throw new Error(`a change at ${at} (${part}) went unnoticed`);
      }
    }
  });

  it.each([
    [
      'whose digest of the whole is another',
      { subject: [{ name: 'm', digest: { sha256: sha256('x') } }] },
      /does not fit its files/,
    ],
    ['about two subjects', { subject: [{ name: 'm' }, { name: 'n' }] }, /one subject/],
    ['of another kind', { predicateType: 'https://slsa.dev/provenance/v1' }, /no signature of a model/],
    [
      'with shards',
      { predicate: { serialization: { method: 'shards', hash_type: 'sha256' }, resources: [] } },
      /SHA-256/,
    ],
    [
      'with a file twice',
      {
        predicate: {
          serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false },
          resources: ['a', 'a'].map((name) => ({ name, algorithm: 'sha256', digest: sha256(name) })),
        },
      },
      /twice/,
    ],
  ])('is refused for a statement %s', (_what, change, problem) => {
    const statement = JSON.parse(statementOf('lims/2', FILES).toString()) as object;
    const signed = signBundle(Buffer.from(JSON.stringify({ ...statement, ...change })), privateKey);
    expect(problemsOf({ bundle: signed })).toEqual([expect.stringMatching(problem)]);
  });
});

describe('deciding about signatures', () => {
  const key: ModelSigningKeyIntroduced = {
    type: 'ModelSigningKeyIntroduced',
    data: { keyId: keyIdOf(publicKey), algorithm: 'ecdsa-p256-sha256', publicKey: PEM },
  };
  const signed: ModelVersionSigned = {
    type: 'ModelVersionSigned',
    data: {
      modelId: 'a'.repeat(32) as ModelId,
      name: 'lims',
      version: 2,
      manifest: 'b'.repeat(64) as ManifestDigest,
      path: '',
      files: 3,
      keyId: key.data.keyId,
      bundle: 'c'.repeat(64),
    },
  };
  const again = { ...signed.data, bundle: 'd'.repeat(64) };

  it('introduces a key once', () => {
    const { given } = specFor(signingKeysDecider);
    given().when(key.data).then(key);
    given(key).when(key.data).thenNothing();
    given(key)
      .when({ ...key.data, keyId: 'other' })
      .then({ ...key, data: { ...key.data, keyId: 'other' } });
  });

  it('signs the same files once, also with another key', () => {
    const { given } = specFor(signatureDecider);
    given().when(signed.data).then(signed);
    given(signed)
      .when({ ...again, keyId: 'other' })
      .thenNothing();
    const others = { ...again, manifest: 'e'.repeat(64) as ManifestDigest };
    given(signed)
      .when(others)
      .then({ ...signed, data: others });
  });

  it('has events that are understood in every schema version', () => {
    const catalogue = new EventCatalogue(signatureEvents);
    for (const { type, samples, resource } of catalogue.definitions)
      samples.forEach((data, index) => {
        expect(catalogue.upcast({ type, schema: index + 1, data }).data).toEqual(data);
        expect(resource(data).id).toBeTruthy();
      });
  });
});
