import * as v from 'valibot';
import { parseFields } from './fields.ts';
import { text, type UserId } from './ids.ts';
import { parseBody } from './request.ts';

/** A `remove` that keeps the rules of PROTOCOL.md. */
export type RemoveRequest = { readonly requestId: string | undefined; readonly userId: UserId };

/** A `lock` or `unlock` that keeps the rules of PROTOCOL.md. */
export type LockRequest = { readonly requestId: string | undefined };

// Absent is as wrong as empty, and is told in the same words.
const removeFields = v.object({ requestId: v.nullish(text), userId: v.nullish(text, '') });
const lockFields = v.object({ requestId: v.nullish(text) });

/** Reads the text frame of a `remove`, or throws a {@link ProtocolError} that says what to change. */
export function parseRemove(frame: string): RemoveRequest {
  const { requestId, userId } = parseFields(removeFields, parseBody(frame));
  return { requestId: requestId ?? undefined, userId: userId as UserId };
}

/** Reads the text frame of a `lock` or `unlock`, or throws a {@link ProtocolError} that says what to change. */
export function parseLock(frame: string): LockRequest {
  return { requestId: parseFields(lockFields, parseBody(frame)).requestId ?? undefined };
}
