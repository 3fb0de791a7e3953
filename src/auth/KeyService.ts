/** What asking for keys needs from outside. */
export type KeyServiceOptions = {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The web's own. */
  readonly fetch: typeof fetch;
  /** How long an answer may take. 3000 unless given. */
  readonly timeoutMs?: number;
};

/** How long after a failure the same address isn't asked again. */
const PAUSE_MS = 5000;

/** Keys could not be had: no token's fault. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/**
 * Asks for JSON documents over HTTP: key sets, and where they are.
 *
 * Within 6 s there is an answer or a {@link KeysUnavailable}. An address that failed isn't asked again for 5 s, so that
 * whoever presents many tokens can't make us hammer a service that is down.
 */
export class KeyService {
  readonly #options: KeyServiceOptions;
  readonly #failures = new Map<string, { readonly error: KeysUnavailable; readonly untilMs: number }>();

  constructor(options: KeyServiceOptions) {
    this.#options = options;
  }

  /** The document as text. Rejects with {@link KeysUnavailable}. */
  async read(address: string): Promise<string> {
    const { now } = this.#options;
    const failure = this.#failures.get(address);
    if (failure && now() < failure.untilMs) throw failure.error;
    this.#failures.delete(address);
    try {
      return await this.#askTwice(address);
    } catch (cause) {
      const error = new KeysUnavailable(`${address} doesn't give the keys that tokens are verified with`, {
        cause,
      });
      this.#failures.set(address, { error, untilMs: now() + PAUSE_MS });
      throw error;
    }
  }

  /** A connection kept from before Lambda froze us may be dead by now; fetch tells of such things by a TypeError. */
  async #askTwice(address: string): Promise<string> {
    try {
      return await this.#ask(address);
    } catch (error) {
      if (error instanceof TypeError) return this.#ask(address);
      throw error;
    }
  }

  async #ask(address: string): Promise<string> {
    const { fetch, timeoutMs = 3000 } = this.#options;
    const response = await fetch(address, {
      headers: { accept: 'application/json' },
      // Keys come from where we were told that they are, or not at all.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`answered with status ${response.status}`);
    JSON.parse(text);
    return text;
  }
}
