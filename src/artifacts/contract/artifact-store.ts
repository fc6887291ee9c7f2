import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ArtifactStore } from '../store/artifact-store.js';

/** A store on its own, with a way to its objects that goes around it. */
export interface StoreUnderTest {
  readonly store: ArtifactStore;
  /** The same place through a store that takes no more than this. */
  readonly limitedTo: (maxBytes: number) => ArtifactStore;
  readonly overwrite: (sha256: string, bytes: Buffer) => Promise<void>;
  readonly remove: (sha256: string) => Promise<void>;
  /** Digests of all that is stored. */
  readonly objects: () => Promise<readonly string[]>;
  /** Everything else that lies about: unfinished uploads, files in the making. */
  readonly leftovers: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const MiB = 1024 * 1024;
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
/** Small enough to be read whole, in one request, and in several parts. */
const SIZES = [0, 1, MiB, MiB + 1, 20 * MiB] as const;

/** What every artifact store promises, word for word the same for all of them. */
export function artifactStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the artifact store ${name}`, () => {
    let under: StoreUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());
    const content = (size: number) => Buffer.alloc(size, 'custody of bytes ');

    it.each(SIZES)('keeps %i bytes under their SHA-256 and gives them back', async (size) => {
      const bytes = content(size);
      const stored = await under.store.put(Readable.from(pieces(bytes), { objectMode: false }));
      expect(stored).toEqual({ sha256: sha256(bytes), size });
      expect(await under.store.has(stored.sha256)).toBe(true);
      expect(bytes.equals(await under.store.read(stored.sha256))).toBe(true);
      expect(bytes.equals(await under.store.read(stored.sha256))).toBe(true);
      expect(await under.leftovers()).toEqual([]);
    });

    it('keeps the same bytes once, also when they come at the same time', async () => {
      const puts = Array.from({ length: 8 }, () => under.store.put(Readable.from([Buffer.from('sa'), 'me'])));
      expect(new Set((await Promise.all(puts)).map((each) => each.sha256))).toEqual(new Set([sha256('same')]));
      expect(await under.objects()).toEqual([sha256('same')]);
    });

    it('takes a stream without holding it in memory', async () => {
      const chunk = Buffer.alloc(MiB, 7);
      let unread = 0;
      let most = 0;
      const source = function* () {
        for (let index = 0; index < 40; index++) {
          most = Math.max(most, ++unread);
          yield chunk;
          unread -= 1;
        }
      };
      const { size } = await under.store.put(
        Readable.from(source(), { objectMode: false, highWaterMark: chunk.length }),
      );
      expect([size, most]).toEqual([40 * MiB, 1]);
    });

    it('leaves nothing behind when a body breaks off', async () => {
      const broken = new Readable({ read: () => undefined });
      broken.push('first half');
      const put = under.store.put(broken);
      broken.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
      await expect(put).rejects.toMatchObject({ kind: 'invalid', code: 'body-broken-off' });
      expect([await under.objects(), await under.leftovers()]).toEqual([[], []]);
    });

    it('leaves nothing behind when a body is not as long as it was declared', async () => {
      for (const declaredBytes of [4, 6]) {
        await expect(under.store.put(Buffer.from('hello'), { declaredBytes })).rejects.toMatchObject({
          code: 'body-broken-off',
        });
      }
      expect([await under.objects(), await under.leftovers()]).toEqual([[], []]);
    });

    it('refuses a body that is too large, leaves nothing behind, and reads no further', async () => {
      const endless = new Readable({ read: () => void endless.push(Buffer.alloc(1000)) });
      const refusal = { kind: 'too-large', code: 'artifact-too-large' };
      await expect(under.store.put(endless, { maxBytes: 5000 })).rejects.toMatchObject(refusal);
      expect(endless.destroyed).toBe(false);
      endless.destroy();
      const small = under.limitedTo(4);
      await expect(small.put(Buffer.from('12345'))).rejects.toMatchObject(refusal);
      const unread = Readable.from(pieces(content(10)));
      await expect(small.put(unread, { declaredBytes: 10 })).rejects.toMatchObject(refusal);
      expect(unread.readableDidRead).toBe(false);
      expect([await under.objects(), await under.leftovers()]).toEqual([[], []]);
      await expect(small.put(Buffer.from('1234'))).resolves.toMatchObject({ size: 4 });
    });

    describe.each([5, 3 * MiB, 20 * MiB])('with damage in %i bytes', (size) => {
      it.each([
        ['changed in one bit', (bytes: Buffer) => flipped(bytes, bytes.length - 1)],
        ['changed at the start', (bytes: Buffer) => flipped(bytes, 0)],
        ['cut short', (bytes: Buffer) => bytes.subarray(0, -1)],
        ['made longer', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('!')])],
        ['emptied', () => Buffer.alloc(0)],
      ])('refuses what was %s before a byte of it is out', async (_what, damage) => {
        const bytes = content(size);
        const { sha256: digest } = await under.store.put(bytes);
        await under.store.read(digest);
        const damaged = damage(bytes);
        await under.overwrite(digest, damaged);
        await expect(under.store.open(digest)).rejects.toMatchObject({
          kind: 'lost',
          code: 'artifact-damaged',
          sha256: digest,
          actual: sha256(damaged),
        });
        expect(await under.leftovers()).toEqual([]);
      });
    });

    it('mends a damaged copy when the same bytes come again', async () => {
      const { sha256: digest } = await under.store.put(Buffer.from('hello'));
      await under.overwrite(digest, Buffer.from('hellO'));
      await under.store.put(Buffer.from('hello'));
      expect((await under.store.read(digest)).toString()).toBe('hello');
    });

    it('says when bytes are missing', async () => {
      const { sha256: digest } = await under.store.put(Buffer.from('hello'));
      await under.remove(digest);
      for (const gone of [digest, 'a'.repeat(64)]) {
        await expect(under.store.open(gone)).rejects.toMatchObject({ kind: 'lost', code: 'artifact-missing' });
        expect(await under.store.has(gone)).toBe(false);
      }
    });

    it('leaves nothing behind when a reader goes away in the middle', async () => {
      const { sha256: digest } = await under.store.put(content(20 * MiB));
      const stream = await under.store.open(digest);
      for await (const _chunk of stream) break;
      expect(stream.destroyed).toBe(true);
      expect(await under.leftovers()).toEqual([]);
    });

    it.each(['', '..', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(63)}/`, 'a'.repeat(65), '\0'.repeat(64)])(
      'takes %j for no digest',
      async (digest) => {
        const refusal = { kind: 'invalid', code: 'digest-invalid', field: 'sha256' };
        await expect(under.store.open(digest)).rejects.toMatchObject(refusal);
        expect(await under.store.has(digest)).toBe(false);
      },
    );

    it('reads no more than it is asked to', async () => {
      const { sha256: digest } = await under.store.put(Buffer.from('hello'));
      await expect(under.store.read(digest, 4)).rejects.toMatchObject({ code: 'artifact-too-large' });
      expect(await under.store.read(digest, 5)).toHaveLength(5);
    });
  });
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  const step = 300_000;
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at]! ^ 1;
  return copy;
}
