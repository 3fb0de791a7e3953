import * as v from 'valibot';
import { parseFields } from './fields.ts';
import { text } from './ids.ts';
import { parseBody } from './request.ts';

/** A `leave` that keeps the rules of PROTOCOL.md. */
export type LeaveRequest = { readonly requestId: string | undefined };

const fields = v.object({ requestId: v.nullish(text) });

/** Reads the text frame of a `leave`, or throws a {@link ProtocolError} that says what to change. */
export function parseLeave(frame: string): LeaveRequest {
  return { requestId: parseFields(fields, parseBody(frame)).requestId ?? undefined };
}
