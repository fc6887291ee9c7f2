interface File {
  readonly sha256: string;
  readonly size: number;
}

/** Reads files to compare them with what was recorded. Files are known by their digest: each is read once. */
export class FileReading {
  private readonly intact = new Map<string, boolean>();

  /** @param left so many bytes may be read; more are not begun, and nothing is said of the files then */
  constructor(
    private readonly isIntact: (file: File) => Promise<boolean>,
    private left = Infinity,
  ) {}

  /** Which of the files are not what was recorded; `undefined` when reading them all is too much. */
  async damagedOf(files: ReadonlyMap<string, File>): Promise<readonly string[] | undefined> {
    const unread = new Map([...files.values()].flatMap((file) => this.unread(file)));
    const bytes = [...unread.values()].reduce((sum, size) => sum + size, 0);
    if (bytes > this.left) return undefined;
    this.left -= bytes;
    const damaged: string[] = [];
    for (const [path, file] of files) {
      const intact = this.intact.get(file.sha256) ?? (await this.isIntact(file));
      this.intact.set(file.sha256, intact);
      if (!intact) damaged.push(path);
    }
    return damaged;
  }

  private unread({ sha256, size }: File): [string, number][] {
    return this.intact.has(sha256) ? [] : [[sha256, size]];
  }
}
