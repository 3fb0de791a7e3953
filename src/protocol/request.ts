import { ProtocolError } from './errors.ts';
import { isText } from './ids.ts';

/** A client's message as a JSON object of unknown fields. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** Reads a text frame as one JSON object, or throws a {@link ProtocolError}. */
export function parseBody(body: string): RequestBody {
  const value = parseJson(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProtocolError('invalid_request', 'A message must be a JSON object with an action.');
  }
  return value as RequestBody;
}

/** The `requestId` that a reply has to echo, if the frame has a valid one, however wrong the rest of it is. */
export function requestIdOf(body: string): string | undefined {
  try {
    const { requestId } = parseBody(body);
    return isText(requestId) ? requestId : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new ProtocolError('invalid_json', 'The message is not valid JSON.', { cause: error });
  }
}
