/** Where a progress line is drawn. */
type Screen = {
  readonly write: (text: string) => void;
  readonly columns: () => number;
  /** Milliseconds that never run backwards. */
  readonly elapsedMs: () => number;
};

const BAR_CHARACTERS = 24;
const REDRAW_MS = 100;

/** A line that shows how far something is, drawn over itself; on no screen it is never drawn. */
export class ProgressLine {
  readonly #screen: Screen | undefined;
  #drawnAtMs = Number.NEGATIVE_INFINITY;
  #visible = false;

  constructor(screen: Screen | undefined) {
    this.#screen = screen;
  }

  /** Shows so many of a total, with a word before and more words behind; at most ten times a second, and at the end. */
  show(label: string, done: number, total: number, more = ''): void {
    const screen = this.#screen;
    if (!screen) return;
    const nowMs = screen.elapsedMs();
    if (nowMs - this.#drawnAtMs < REDRAW_MS && done < total) return;
    this.#drawnAtMs = nowMs;
    this.#visible = true;
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const filled = Math.round(share * BAR_CHARACTERS);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_CHARACTERS - filled);
    const line = `${label} ${bar} ${Math.floor(share * 100)} % ${more}`;
    // A line that wraps could not be drawn over.
    screen.write(`\r\u001b[2K${line.slice(0, Math.max(1, screen.columns() - 1))}`);
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.#visible) this.#screen?.write('\r\u001b[2K');
    this.#visible = false;
    this.#drawnAtMs = Number.NEGATIVE_INFINITY;
  }
}
