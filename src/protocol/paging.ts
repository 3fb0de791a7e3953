import * as v from 'valibot';
import { ProtocolError } from './errors.ts';
import { parseFields, wholeNumber } from './fields.ts';
import { text } from './ids.ts';
import { protocolLimits } from './limits.ts';
import { parseBody } from './request.ts';

/** Which part of the log: what follows a line, or the last lines before another; without either, the log's end. */
export type HistoryRequest = {
  readonly requestId: string | undefined;
  readonly range: { readonly after: number } | { readonly before: number };
  readonly limit: number;
};

/** Which part of the roster: by userId upwards, from after a user. */
export type ParticipantsRequest = {
  readonly requestId: string | undefined;
  readonly after: string | undefined;
  readonly limit: number;
};

const { entriesPerPage, participantsPerPage } = protocolLimits;
const seq = wholeNumber({ min: 0 });

const historyFields = v.object({
  requestId: v.nullish(text),
  after: v.nullish(seq),
  before: v.nullish(seq),
  limit: v.nullish(wholeNumber({ min: 1, max: entriesPerPage }), entriesPerPage),
});

const participantsFields = v.object({
  requestId: v.nullish(text),
  after: v.nullish(text),
  limit: v.nullish(wholeNumber({ min: 1, max: participantsPerPage }), participantsPerPage),
});

/** Reads the text frame of a `history`, or throws a {@link ProtocolError} that says what to change. */
export function parseHistory(frame: string): HistoryRequest {
  const { requestId, after, before, limit } = parseFields(historyFields, parseBody(frame));
  if (typeof after === 'number' && typeof before === 'number') {
    const details = { field: 'before' };
    throw new ProtocolError('invalid_request', 'before may not come with after: send one of them.', {
      details,
    });
  }
  const range = typeof after === 'number' ? { after } : { before: before ?? Number.MAX_SAFE_INTEGER };
  return { requestId: requestId ?? undefined, range, limit };
}

/** Reads the text frame of a `participants`, or throws a {@link ProtocolError} that says what to change. */
export function parseParticipants(frame: string): ParticipantsRequest {
  const { requestId, after, limit } = parseFields(participantsFields, parseBody(frame));
  return { requestId: requestId ?? undefined, after: after ?? undefined, limit };
}
