import { describe, expect, it } from '@jest/globals';
import { cosignatureTime, cosigner, parseCosignerVkey } from './cosignature.js';
import { addSignatures, ed25519Signer, openNote, parseVkey, signatureLine, signNote, splitNote } from './index.js';

const TEXT = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const seed = Buffer.alloc(32, 7);
const witness = cosigner('witness.example/w1', seed, () => 1_679_315_147);
const log = ed25519Signer('example.com/behind-the-sofa', Buffer.alloc(32, 9));

describe('a cosignature', () => {
  const line = signatureLine({ ...witness, signature: witness.sign(Buffer.from(TEXT)) });

  it('verifies beside the log’s own signature and says when it was made', () => {
    const note = addSignatures(signNote(TEXT, [log]), line);
    const known = [parseVkey(log.vkey), parseCosignerVkey(witness.vkey)];
    expect(openNote(note, known).verified.map(({ name }) => name)).toEqual([log.name, 'witness.example/w1']);
    expect(cosignatureTime(splitNote(note).signatures[1]!.signature)).toBe(1_679_315_147);
  });

  it('does not verify with any byte of it changed, nor with another text', () => {
    const verifier = parseCosignerVkey(witness.vkey);
    const signature = witness.sign(Buffer.from(TEXT));
    for (let at = 0; at < signature.length; at += 1) {
      const changed = Buffer.from(signature);
      changed[at]! ^= 1;
      expect(verifier.verify(Buffer.from(TEXT), changed)).toBe(false);
    }
    expect(verifier.verify(Buffer.from(`${TEXT}extension\n`), signature)).toBe(false);
    expect(verifier.verify(Buffer.from(TEXT), signature.subarray(8))).toBe(false);
  });

  it('is refused with a time beyond what the format allows', () => {
    const far = Buffer.concat([Buffer.alloc(8, 0xff), Buffer.alloc(64)]);
    expect(parseCosignerVkey(witness.vkey).verify(Buffer.from(TEXT), far)).toBe(false);
    expect(cosignatureTime(far)).toBeUndefined();
  });

  it('never counts as the log’s signature, though the key be the same', () => {
    const sameKey = ed25519Signer('witness.example/w1', seed);
    expect(sameKey.keyId).not.toBe(witness.keyId);
    const note = `${TEXT}\n${line}`;
    expect(() => openNote(note, [parseVkey(sameKey.vkey)])).toThrow('no known key');
    expect(() => parseVkey(witness.vkey)).toThrow('type 4');
    expect(() => parseCosignerVkey(sameKey.vkey)).toThrow('type 1');
  });
});
