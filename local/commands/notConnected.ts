import type { IncomingMessage } from 'node:http';
import { parseFrame } from '../../src/client/frames.ts';
import { Failure } from './command.ts';
import type { Credentials } from './credentials.ts';

/**
 * Why there is no connection, for a person. `refused`: the server doesn't want it, and won't soon; `busy`: it may later;
 * `unreachable`: nobody answers; `lost`: there was one.
 */
export class NotConnected extends Failure {
  readonly kind: 'refused' | 'busy' | 'unreachable' | 'lost';
  /** A code of PROTOCOL.md, or `http_` and a status. */
  readonly code: string;

  constructor(kind: NotConnected['kind'], message: string, code: string = kind) {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

/** Makes a sentence of how an upgrade was answered. */
export async function refusalIn(response: IncomingMessage, { token }: Credentials): Promise<NotConnected> {
  const status = response.statusCode ?? 0;
  const { code = `http_${status}`, message } = parseFrame(await bodyOf(response)) ?? {};
  const busy = status === 429 || status >= 500 || code === 'meeting_full' || code === 'meeting_locked';
  const said = typeof message === 'string' && code !== `http_${status}` ? message : undefined;
  const words = said ?? adviceOn(status, token !== undefined);
  return new NotConnected(
    busy ? 'busy' : 'refused',
    `The server refused the connection: ${words}`,
    String(code),
  );
}

/** API Gateway has its own words, or none. */
function adviceOn(status: number, hasToken: boolean): string {
  switch (status) {
    case 401:
      return hasToken
        ? 'it does not take this token (401). Is AUTH_SECRET that of the server, with its AUTH_ISSUER and AUTH_AUDIENCE, and is the token of --token still valid?'
        : 'it asks for a token (401). Give --token, or set AUTH_SECRET to that of the server.';
    case 403:
      return 'it is forbidden (403). Is the path of --url its stage, such as /production? Else the meeting is full or locked, or the token is for another one.';
    case 404:
      return 'there is no such path (404). Is --url the address of a CloudMeetX API with its stage?';
    case 429:
      return 'there were too many (429). Try again later.';
    default:
      return status >= 500
        ? `it failed (${status}). Try again later; its log says more.`
        : `it answered ${status}. Is --url the address of a CloudMeetX API with its stage?`;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there',
  ENOTFOUND: 'There is no such host',
  EAI_AGAIN: 'The host was not found',
  ETIMEDOUT: 'It does not answer',
  ECONNRESET: 'It closed the connection at once',
  EHOSTUNREACH: 'There is no way to it',
  ENETUNREACH: 'There is no way to it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is its own (NODE_EXTRA_CA_CERTS names those to trust)',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its certificate is not known here (NODE_EXTRA_CA_CERTS names those to trust)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'Its certificate is not known here (NODE_EXTRA_CA_CERTS names those to trust)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another name',
  EPROTO: 'It does not speak TLS there',
  CERT_HAS_EXPIRED: 'Its certificate has expired',
};

/** Makes a sentence of how connecting failed before anybody answered. */
export function unreachable(url: URL, error: Error): NotConnected {
  const { code, message } = causeOf(error);
  const reason = reasons[code ?? ''] ?? message;
  return new NotConnected(
    'unreachable',
    `${url.href} can't be reached: ${reason}. Start the server (npm start), or name another by --url.`,
  );
}

/** `fetch`, and connecting to several addresses of a name, put what happened inside. */
function causeOf(error: Error): NodeJS.ErrnoException {
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner instanceof Error ? causeOf(inner) : error;
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let body = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      body += String(chunk);
      if (body.length > 10_000) break;
    }
  } catch {
    // The status says enough.
  }
  return body;
}
