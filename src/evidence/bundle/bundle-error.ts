/** What was given is no evidence bundle at all, or none that can be taken apart. What is wrong *in* one is a finding. */
export class NotABundle extends Error {
  override readonly name = 'NotABundle';
}

/** A file of the bundle is there, and is not what such a file can be: too large, cut short. The message names it. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  constructor(
    readonly path: string,
    readonly problem: string,
  ) {
    super(`${path} ${problem}`);
  }
}
