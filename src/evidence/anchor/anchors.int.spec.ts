import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SmallLog } from '../witness/testing/small-log.js';
import { KeptLog } from '../witness/testing/kept-log.js';
import { anchored } from './anchor.js';
import { Anchoring } from './anchoring.js';
import { FolderAnchor } from './folder-anchor.js';
import { GitAnchor } from './git-anchor.js';
import { UrlAnchor } from './url-anchor.js';

const never = new AbortController().signal;

describe('a checkpoint that is taken outside', () => {
  let folder: string;
  let log: SmallLog;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'custody-anchor-'));
    log = new SmallLog().grow(3);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  describe('to a folder', () => {
    const files = () => readdirSync(join(folder, 'lab-a.example_log')).sort();

    it('is a file of its own that is never written over', async () => {
      const anchor = new FolderAnchor(folder);
      await anchor.put(anchored(log.note()));
      await anchor.put(anchored(log.note()));
      await anchor.put(anchored(log.grow(20).note()));
      expect(files()).toEqual([
        expect.stringMatching(/^0000000000000003-[0-9a-f]{16}\.txt$/),
        expect.stringMatching(/^0000000000000020-[0-9a-f]{16}\.txt$/),
      ]);
      expect(readFileSync(join(folder, 'lab-a.example_log', files()[1]!), 'utf8')).toBe(log.note());
    });

    it('is refused when something else has its name, which stays', async () => {
      const anchor = new FolderAnchor(folder);
      await anchor.put(anchored(log.note()));
      const path = join(folder, 'lab-a.example_log', files()[0]!);
      writeFileSync(path, 'something else');
      await expect(anchor.put(anchored(log.note()))).rejects.toThrow('holds something else');
      expect([readFileSync(path, 'utf8'), files().length]).toEqual(['something else', 1]);
    });

    it('is not written where the folder is not mounted', async () => {
      await expect(new FolderAnchor(join(folder, 'share')).put(anchored(log.note()))).rejects.toThrow('is not there');
    });

    it('stays within the folder, whatever the log is called', async () => {
      const odd = new SmallLog('../../etc/passwd').grow(1);
      await new FolderAnchor(folder).put(anchored(odd.note()));
      expect(readdirSync(folder)).toEqual(['__.._etc_passwd']);
    });
  });

  describe('to a git repository', () => {
    let remote: string;
    const inRemote = (...args: string[]) => execFileSync('git', ['-C', remote, ...args], { encoding: 'utf8' });
    const listed = () => inRemote('ls-tree', '-r', '--name-only', 'checkpoints').trim().split('\n');
    beforeEach(() => {
      remote = join(folder, 'remote.git');
      execFileSync('git', ['init', '--quiet', '--bare', remote]);
    });
    const anchor = (clone = 'clone') => new GitAnchor(remote, join(folder, clone));

    it('is a commit on the branch checkpoints', async () => {
      await anchor().put(anchored(log.note()), never);
      await anchor().put(anchored(log.note()), never);
      await anchor().put(anchored(log.grow(9).note()), never);
      expect(inRemote('log', '--format=%s', 'checkpoints').trim().split('\n')).toEqual([
        'lab-a.example/log at 9 entries',
        'lab-a.example/log at 3 entries',
      ]);
      expect(inRemote('show', `checkpoints:${listed()[1]!}`)).toBe(log.note());
    });

    it('goes beside those of other logs, also after the clone was lost', async () => {
      await anchor('one').put(anchored(log.note()), never);
      await anchor('two').put(anchored(new SmallLog('lab-b.example/log').grow(2).note()), never);
      await anchor('one').put(anchored(log.grow(5).note()), never);
      await anchor('three').put(anchored(log.grow(6).note()), never);
      expect(listed()).toHaveLength(4);
    });

    it('is refused when somebody rewrote or removed what was pushed', async () => {
      await anchor().put(anchored(log.note()), never);
      await anchor().put(anchored(log.grow(4).note()), never);
      inRemote('update-ref', 'refs/heads/checkpoints', 'checkpoints~1');
      await expect(anchor().put(anchored(log.grow(5).note()), never)).rejects.toThrow('somebody rewrote it');
      inRemote('update-ref', '-d', 'refs/heads/checkpoints');
      await expect(anchor().put(anchored(log.note()), never)).rejects.toThrow('is gone from the repository');
    });

    it('tells when the repository is not there, without its password', async () => {
      const away = new GitAnchor('file://kim:secret@localhost/nowhere.git', join(folder, 'clone'));
      const problem = await away.put(anchored(log.note()), never).then(String, (error: Error) => error.message);
      expect(problem).toContain('failed');
      expect(`${problem} ${away.where}`).not.toContain('secret');
    });

    it.each(['--upload-pack=touch /tmp/x', 'ext::sh -c touch% /tmp/x'])('is no way to run %s', (address) => {
      expect(() => new GitAnchor(address, folder)).toThrow('no address of a repository');
    });
  });

  describe('to a URL', () => {
    it('is posted as text, and not taken means not anchored', async () => {
      const sent: unknown[] = [];
      const answers = [{}, { reason: 'the receiver answered 500' }];
      const poster = { post: async (message: unknown) => (sent.push(message), answers.shift()!) };
      const anchor = new UrlAnchor('https://archive.example/in?key=secret', poster);
      await anchor.put(anchored(log.note()), never);
      expect(sent).toMatchObject([{ url: 'https://archive.example/in?key=secret', body: log.note() }]);
      await expect(anchor.put(anchored(log.note()), never)).rejects.toThrow('answered 500');
      expect(anchor.where).toBe('https://archive.example/in');
    });
  });

  describe('on schedule', () => {
    const kept = new KeptLog();
    const anchoring = (path: string, everyMs = 0, now = () => Date.now()) =>
      new Anchoring({ anchors: [new FolderAnchor(path)], everyMs, retryMs: 10, timeoutMs: 20_000, log: kept, now });

    it('waits for its time, and then the newest goes', async () => {
      let clock = 1_000_000;
      const line = anchoring(folder, 60_000, () => clock);
      line.issued(log.issue());
      await line.idle();
      line.issued(log.grow(4).issue());
      await line.idle();
      expect(line.status()).toMatchObject([{ anchored: { size: 3 } }]);
      clock += 60_000;
      line.issued(log.grow(5).issue());
      await line.idle();
      expect(line.status()).toMatchObject([{ anchored: { size: 5 } }]);
      await line.stop();
    });

    it('tells once what is wrong, tries again, and recovers', async () => {
      const share = join(folder, 'share');
      const line = anchoring(share);
      line.issued(log.issue());
      while (!line.status()[0]!.problem) await new Promise((resolve) => setTimeout(resolve, 5));
      mkdirSync(share);
      while (!line.status()[0]!.anchored) await new Promise((resolve) => setTimeout(resolve, 5));
      await line.stop();
      expect(line.status()).toEqual([{ kind: 'folder', where: share, anchored: { size: 3, at: expect.any(String) } }]);
      expect(kept.lines.filter((text) => text.includes('is not there'))).toHaveLength(1);
    });
  });
});
