import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Anchor, AnchoredCheckpoint, AnchorError } from './anchor.js';
import { writeOnce } from './append-only-file.js';
import { git } from './git.js';

const BRANCH = 'checkpoints';
const AUTHOR = ['-c', 'user.name=Custody', '-c', 'user.email=custody@localhost'];

/**
 * Pushes each checkpoint as a file to the branch `checkpoints` of a repository elsewhere. Only ever forward: a
 * remote whose branch does not contain what was pushed before refuses, and that is told, since somebody rewrote it.
 */
export class GitAnchor implements Anchor {
  readonly kind = 'git';
  readonly where: string;

  /** `clone`: a folder of our own, made when it is missing. */
  constructor(
    private readonly remote: string,
    private readonly clone: string,
  ) {
    if (remote.startsWith('-') || /^\w+::/.test(remote)) throw new AnchorError('this is no address of a repository');
    this.where = remote.replace(/\/\/[^/@]+@/, '//');
  }

  async put(anchored: AnchoredCheckpoint, signal: AbortSignal): Promise<void> {
    const run = (...args: string[]) => git(this.clone, args, signal);
    await this.prepare(run);
    if (await this.fetch(run)) await this.catchUp(run);
    else await this.assertNew(run);
    const file = await writeOnce(this.clone, anchored);
    await run('add', '--', file);
    const changed = await run('status', '--porcelain', '--', file);
    const { origin, size } = anchored.checkpoint;
    if (changed !== '') await run(...AUTHOR, 'commit', '--quiet', '-m', `${origin} at ${size} entries`, '--', file);
    await run('push', '--quiet', '--', 'origin', `HEAD:refs/heads/${BRANCH}`);
    // What the remote must contain from now on.
    await run('update-ref', 'refs/custody/pushed', 'HEAD');
  }

  private async prepare(run: Run): Promise<void> {
    const there = await stat(join(this.clone, '.git')).catch(() => undefined);
    if (!there) {
      await mkdir(this.clone, { recursive: true, mode: 0o700 });
      await run('init', '--quiet');
      await run('symbolic-ref', 'HEAD', `refs/heads/${BRANCH}`);
      await run('remote', 'add', '--', 'origin', this.remote);
    }
    await run('remote', 'set-url', '--', 'origin', this.remote);
  }

  /** False when the remote has no such branch. */
  private async fetch(run: Run): Promise<boolean> {
    if ((await run('ls-remote', '--', 'origin', `refs/heads/${BRANCH}`)) === '') return false;
    await run('fetch', '--quiet', '--', 'origin', `+refs/heads/${BRANCH}:refs/remotes/origin/${BRANCH}`);
    return true;
  }

  /** Other logs may push to the same repository: what they added comes under what is ours, and nothing of it may be missing. */
  private async catchUp(run: Run): Promise<void> {
    const ours = await run('rev-parse', '--verify', '--quiet', 'HEAD').catch(() => '');
    if (ours === '') {
      await run('reset', '--quiet', '--hard', `refs/remotes/origin/${BRANCH}`);
      return;
    }
    if (await this.hasPushed(run)) await this.assertKept(run);
    await run(...AUTHOR, 'rebase', '--quiet', `refs/remotes/origin/${BRANCH}`);
  }

  private async hasPushed(run: Run): Promise<boolean> {
    return (await run('rev-parse', '--verify', '--quiet', 'refs/custody/pushed').catch(() => '')) !== '';
  }

  private async assertNew(run: Run): Promise<void> {
    if (await this.hasPushed(run)) {
      throw new AnchorError(`the branch ${BRANCH}, to which checkpoints were pushed, is gone from the repository`);
    }
  }

  private async assertKept(run: Run): Promise<void> {
    await run('merge-base', '--is-ancestor', 'refs/custody/pushed', `refs/remotes/origin/${BRANCH}`).catch(() => {
      throw new AnchorError(
        `the branch ${BRANCH} of the repository does not contain what was pushed before: somebody rewrote it`,
      );
    });
  }
}

type Run = (...args: string[]) => Promise<string>;
