import * as v from 'valibot';
import { attributes } from './attributes.ts';
import { parseFields, wholeNumber } from './fields.ts';
import { text } from './ids.ts';
import type { Attributes } from './participants.ts';
import { parseBody } from './request.ts';

/** A `join` that keeps the rules of PROTOCOL.md. */
export type JoinRequest = {
  readonly requestId: string | undefined;
  /** Chosen by the client, once for each tab. */
  readonly session: string | undefined;
  readonly attributes: Attributes | undefined;
  /** The last line of the log that the client has. */
  readonly since: { readonly epoch: string; readonly seq: number } | undefined;
  /** The client's earlier connection, which this one is about to take the place of. */
  readonly replaces: string | undefined;
};

const sinceRule = 'must be an object of epoch and seq, as welcome.log has them';

const fields = v.object({
  requestId: v.nullish(text),
  session: v.nullish(text),
  attributes: v.nullish(attributes),
  since: v.nullish(v.object({ epoch: text, seq: wholeNumber({ min: 0 }) }, sinceRule)),
  replaces: v.nullish(text),
});

/** Reads the text frame of a `join`, or throws a {@link ProtocolError} that says what to change. */
export function parseJoin(frame: string): JoinRequest {
  const { requestId, session, since, replaces, ...given } = parseFields(fields, parseBody(frame));
  return {
    requestId: requestId ?? undefined,
    session: session ?? undefined,
    attributes: given.attributes ?? undefined,
    since: since ?? undefined,
    replaces: replaces ?? undefined,
  };
}
