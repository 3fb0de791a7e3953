import * as v from 'valibot';
import { type ErrorCode, ProtocolError } from './errors.ts';
import type { RequestBody } from './request.ts';

/**
 * Reads the fields of a request that a schema names; others are ignored. Throws a {@link ProtocolError} that names the
 * first wrong field, with the code given for it, or `invalid_request`.
 */
export function parseFields<const Schema extends v.GenericSchema>(
  schema: Schema,
  body: RequestBody,
  codes: Readonly<Record<string, ErrorCode>> = {},
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, body, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? 'message';
  throw new ProtocolError(codes[field] ?? 'invalid_request', `${field} ${issue.message}.`, {
    details: { field },
  });
}

/** Accepts a whole number within bounds; `max` may be left out. */
export function wholeNumber({ min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number }) {
  const rule = `must be a whole number from ${min} to ${max}`;
  return v.pipe(v.number(rule), v.safeInteger(rule), v.minValue(min, rule), v.maxValue(max, rule));
}
