const WIDTH = 30;

/** A bar on a terminal; on anything else a line every few seconds. */
export class ProgressBar {
  private readonly started = performance.now();
  private shown = -Infinity;

  constructor(
    private readonly label: string,
    private readonly out: NodeJS.WriteStream,
  ) {}

  update(done: number, of: number): void {
    const now = performance.now();
    if (now - this.shown < (this.out.isTTY ? 80 : 3000)) return;
    this.shown = now;
    const share = of === 0 ? 1 : Math.min(1, done / of);
    const rate = Math.round(done / ((now - this.started) / 1000));
    const text = `${this.label} ${(share * 100).toFixed(1).padStart(5)} %  ${done.toLocaleString('en')} of ${of.toLocaleString('en')}  ${rate.toLocaleString('en')}/s`;
    if (!this.out.isTTY) this.out.write(`${text}\n`);
    else this.out.write(`\r${'█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░')} ${text}\u001b[K`);
  }

  end(): void {
    if (this.out.isTTY && this.shown > 0) this.out.write('\r\u001b[K');
  }
}
