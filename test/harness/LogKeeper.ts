/** One line of a log, parsed. */
export type LogLine = Readonly<Record<string, unknown>>;

/** Keeps log lines, and lets a test wait for one. */
export class LogKeeper {
  readonly lines: LogLine[] = [];
  readonly #waiting = new Set<(line: LogLine) => void>();

  /** Takes a line as it was written. */
  readonly write = (text: string): void => {
    const line = JSON.parse(text) as LogLine;
    this.lines.push(line);
    for (const check of this.#waiting) check(line);
  };

  /** The first line with these fields, as soon as it's there; only lines from a certain one on, if told so. */
  line(fields: LogLine, from = 0): Promise<LogLine> {
    const found = this.lines.slice(from).find((line) => matches(line, fields));
    if (found) return Promise.resolve(found);
    return new Promise((resolve) => {
      const check = (line: LogLine) => {
        if (!matches(line, fields)) return;
        this.#waiting.delete(check);
        resolve(line);
      };
      this.#waiting.add(check);
    });
  }
}

const matches = (line: LogLine, fields: LogLine): boolean =>
  Object.entries(fields).every(([name, value]) => line[name] === value);
