import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addSignatures,
  ed25519Signer,
  formatSigningKey,
  NoteError,
  openNote,
  parseSigningKey,
  parseVkey,
} from './index.js';
import { signNote, splitNote } from './note.js';

/** The example of the C2SP text. */
const EXAMPLE = {
  vkey: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  note: `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`,
};

/** The key and the note that Go's own tests use (golang.org/x/mod/sumdb/note). */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_SIGNATURE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const peter = parseVkey(PETER);

const problemOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof NoteError) return error.problem;
    throw error;
  }
  return 'none';
};

describe('a signed note', () => {
  it('of C2SP and of Go is opened with the published keys', () => {
    const opened = openNote(EXAMPLE.note, [peter, parseVkey(EXAMPLE.vkey)]);
    expect(opened).toEqual({
      text: 'This is an example message.\n',
      verified: [{ name: 'example.com/foo', keyId: 0x530d903a }],
      unknown: [],
    });
    expect(openNote(`${TEXT}\n${PETER_SIGNATURE}`, [peter]).text).toBe(TEXT);
    expect(openNote(Buffer.from(`${TEXT}\n${PETER_SIGNATURE}`), [peter]).text).toBe(TEXT);
  });

  it.each([
    ['no signature and no empty line', TEXT],
    ['no signature', `${TEXT}\n`],
    ['no end of the last line', `${TEXT}\n${PETER_SIGNATURE.slice(0, -1)}`],
    ['a control character', `\x01${TEXT}\n${PETER_SIGNATURE}`],
    ['a tab', `\t${TEXT}\n${PETER_SIGNATURE}`],
    ['a carriage return', `${TEXT}\n${PETER_SIGNATURE}`.replaceAll('\n', '\r\n')],
    ['half a character', `\ud800${TEXT}\n${PETER_SIGNATURE}`],
    ['a name with a space', `${TEXT}\n${PETER_SIGNATURE.replace('PeterNeumann', 'Bad Name')}`],
    ['a name with another space', `${TEXT}\n${PETER_SIGNATURE.replace('PeterNeumann', 'Bad\u3000Name')}`],
    ['a name with a plus', `${TEXT}\n${PETER_SIGNATURE.replace('PeterNeumann', 'Bad+Name')}`],
    ['an empty name', `${TEXT}\n${PETER_SIGNATURE.replace('PeterNeumann', '')}`],
    ['another line after the signatures', `${TEXT}\n${PETER_SIGNATURE}Unexpected line.\n`],
    ['a hyphen for the dash', `${TEXT}\n${PETER_SIGNATURE.replace('—', '-')}`],
    ['no padding', `${TEXT}\n${PETER_SIGNATURE.replace('=', '')}`],
    ['base64url', `${TEXT}\n${PETER_SIGNATURE.replaceAll('/', '_')}`],
    ['a signature that is a key id only', `${TEXT}\n— PeterNeumann x08gow==\n`],
    ['more signatures than are read', `${TEXT}\n${PETER_SIGNATURE.repeat(101)}`],
    ['an empty text', `\n\n${PETER_SIGNATURE}`.slice(1)],
  ])('with %s is malformed', (_what, note) => {
    expect(problemOf(() => openNote(note, [peter]))).toBe('malformed');
  });

  it('of bytes that are no UTF-8 is malformed', () => {
    const bytes = Buffer.concat([Buffer.of(0xff), Buffer.from(`${TEXT}\n${PETER_SIGNATURE}`)]);
    expect(problemOf(() => openNote(bytes, [peter]))).toBe('malformed');
  });

  it('is refused with no known key, and with a wrong signature of a known one beside a good one', () => {
    const mine = ed25519Signer('mine.example', randomBytes(32));
    const note = signNote(TEXT, [mine]);
    expect(problemOf(() => openNote(note, [peter]))).toBe('no-known-key');
    expect(problemOf(() => openNote(note, []))).toBe('no-known-key');
    const wrong = `${note}${PETER_SIGNATURE.replace('ZJku', 'ZJkv')}`;
    expect(problemOf(() => openNote(wrong, [parseVkey(mine.vkey), peter]))).toBe('bad-signature');
    // The same name with another key is another key.
    expect(openNote(`${note}${PETER_SIGNATURE.replace('x08g', 'x08h')}`, [parseVkey(mine.vkey), peter])).toMatchObject({
      verified: [{ name: 'mine.example' }],
      unknown: [{ name: 'PeterNeumann' }],
    });
  });

  it('parts text and signatures at its last empty line', () => {
    const signer = ed25519Signer('log.example/a', randomBytes(32));
    const text = `one\n\n${TEXT}\n${PETER_SIGNATURE}`;
    expect(openNote(signNote(text, [signer]), [parseVkey(signer.vkey)]).text).toBe(text);
  });

  it('takes further signatures once, and still opens', () => {
    const signers = ['a.example', 'b.example'].map((name) => ed25519Signer(name, randomBytes(32)));
    const note = signNote(TEXT, [signers[0]!]);
    const [, line] = signNote(TEXT, [signers[1]!]).split('\n\n');
    const both = addSignatures(note, line!, line!, line!.trimEnd());
    expect(splitNote(both).signatures).toHaveLength(2);
    expect(
      openNote(
        both,
        signers.map(({ vkey }) => parseVkey(vkey)),
      ).verified,
    ).toHaveLength(2);
    expect(problemOf(() => addSignatures(note, 'nonsense'))).toBe('malformed');
  });

  it('is opened again, whatever its text; and with any bit flipped it is not', () => {
    const signer = ed25519Signer('log.example', randomBytes(32));
    const verifier = parseVkey(signer.vkey);
    const texts = fc.string({ unit: 'grapheme' }).map((text) => `${text.replace(/[\u0000-\u001f]/g, '\n')}\n`);
    fc.assert(
      fc.property(texts, fc.nat(), (text, random) => {
        const note = Buffer.from(signNote(text, [signer]));
        expect(openNote(note, [verifier]).text).toBe(text);
        const at = random % (note.length * 8);
        note[at >> 3]! ^= 1 << (at & 7);
        expect(problemOf(() => openNote(note, [verifier]))).not.toBe('none');
      }),
    );
  });
});

describe('a key', () => {
  it('survives its text form, also with a plus in its base64', () => {
    for (let seed = 0; seed < 50; seed++) {
      const bytes = Buffer.alloc(32, seed);
      const signer = ed25519Signer('log.example', bytes);
      expect(parseSigningKey(formatSigningKey('log.example', bytes)).vkey).toBe(signer.vkey);
      expect(parseVkey(signer.vkey).keyId).toBe(signer.keyId);
    }
  });

  it.each([
    ['nothing', ''],
    ['two fields', 'name+530d903a'],
    ['another key id', PETER.replace('c74f20a3', 'c74f20a4')],
    ['another name', PETER.replace('PeterNeumann', 'PeterNeumanm')],
    ['upper-case hex', PETER.replace('c74f20a3', 'C74F20A3')],
    ['no base64', PETER.replace('/', '_')],
    ['a short key', PETER.slice(0, -4)],
    ['a name with a space', PETER.replace('Peter', 'Peter ')],
  ])('of %s is refused', (_what, vkey) => {
    expect(problemOf(() => parseVkey(vkey))).toBe('bad-key');
  });

  it('to sign with is refused without being quoted', () => {
    const text = formatSigningKey('log.example', Buffer.alloc(32, 5));
    for (const bad of [text.slice(1), text.slice(0, -4), text.replace('log.example', 'log.exampel'), 'PRIVATE+KEY+x']) {
      let message = '';
      try {
        parseSigningKey(bad);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).not.toBe('');
      expect(message).not.toContain(text.slice(-30, -4));
    }
  });
});
