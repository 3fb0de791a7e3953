import * as v from 'valibot';
import { attributes } from './attributes.ts';
import { parseFields } from './fields.ts';
import { text } from './ids.ts';
import type { Attributes } from './participants.ts';
import { parseBody } from './request.ts';

/** An `update` that keeps the rules of PROTOCOL.md. */
export type UpdateRequest = { readonly requestId: string | undefined; readonly attributes: Attributes };

const fields = v.object({ requestId: v.nullish(text), attributes });

/** Reads the text frame of an `update`, or throws a {@link ProtocolError} that says what to change. */
export function parseUpdate(frame: string): UpdateRequest {
  const { requestId, attributes } = parseFields(fields, parseBody(frame));
  return { requestId: requestId ?? undefined, attributes };
}
