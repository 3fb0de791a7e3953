import * as v from 'valibot';
import { protocolLimits } from './limits.ts';

/** Names a socket's life, as API Gateway does. Opaque; URL-encode it in paths. */
export type ConnectionId = string & { readonly __brand: 'ConnectionId' };
/** Names a meeting. Chosen by the clients. */
export type MeetingId = string & { readonly __brand: 'MeetingId' };
/** Names a person in a meeting; several connections may carry it. */
export type UserId = string & { readonly __brand: 'UserId' };

/** Says what an id or a name may be, in the words that a client reads. */
export const TEXT_RULE = `must be a string of 1 to ${protocolLimits.textCharacters} characters without control characters`;

// Cc: control characters. Cs: halves of surrogate pairs, which turn into U+FFFD on their way to a store and
// would make two different ids the same. The u flag counts code points, as a person counts characters.
const plainText = new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${protocolLimits.textCharacters}}$`, 'u');

/** Accepts an id or a name: 1 to 128 characters without control characters. */
export const text = v.pipe(v.string(TEXT_RULE), v.regex(plainText, TEXT_RULE));

/** Tells whether a value is an id or a name by the same rule. */
export const isText = (value: unknown): value is string => typeof value === 'string' && plainText.test(value);
