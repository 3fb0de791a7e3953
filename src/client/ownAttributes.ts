import type { Attributes } from './events.ts';
import { bytesOf } from './frames.ts';
import { MeetingError } from './MeetingError.ts';
import type { Requests } from './Requests.ts';
import { snapshot } from './snapshot.ts';
import { CHAT_PATIENCE_MS } from './timing.ts';

/** What a client tells of itself. */
export type OwnAttributes = {
  /** The last word, which a join has to say. */
  readonly current: () => Attributes | undefined;
  readonly update: (attributes: Attributes) => Promise<void>;
};

/**
 * Keeps what a client tells of itself. Whenever an update goes out it says the last word, as the next join does, so that
 * one that is late, or repeated, brings nothing back. `onTaken` is called with what the server has taken.
 */
export function createOwnAttributes(
  requests: Requests,
  initial: Attributes | undefined,
  onTaken: (attributes: Attributes) => void,
): OwnAttributes {
  let current = initial;
  let taken = initial;
  return {
    current: () => current,
    async update(given) {
      const attributes = snapshot(given) as Attributes;
      const most = requests.limits.attributesBytes;
      const isObject = typeof attributes === 'object' && !Array.isArray(attributes);
      if (!isObject || bytesOf(JSON.stringify(attributes)) > most) {
        const message = `attributes must be a JSON object of at most ${most} bytes.`;
        throw new MeetingError('invalid_request', message);
      }
      current = attributes;
      let said = attributes;
      const fields = () => {
        said = current ?? attributes;
        return { action: 'update', attributes: said };
      };
      try {
        await requests.submit({ fields, patienceMs: CHAT_PATIENCE_MS });
      } catch (error) {
        if (current === attributes) current = taken;
        throw error;
      }
      taken = said;
      onTaken(said);
    },
  };
}
