import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Backend } from '../lambda/shared/backend.ts';
import { logErrors } from '../lambda/shared/logErrors.ts';
import { pathOf } from '../src/gateway/upgrade.ts';
import { putOut } from '../src/meeting/hosting.ts';
import { overview } from '../src/meeting/overview.ts';
import { ProtocolError } from '../src/protocol/errors.ts';
import type { MeetingId, UserId } from '../src/protocol/ids.ts';
import { hasBearer } from './bearer.ts';
import { textHeaders } from './pagePolicy.ts';

/** Where the operator's door is, below the server's root. */
export const OPERATOR_PATH = '/operator/';

/** What is behind the door, and the token that opens it; without one nothing does. */
export type OperatorDoorOptions = {
  readonly token: string | undefined;
  readonly backend: Pick<
    Backend,
    'meetings' | 'connections' | 'deliveryQueue' | 'banSeconds' | 'queueAbove' | 'log' | 'now'
  >;
};

type Answer = {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
};

/**
 * What whoever runs the server may ask of it: `GET /operator/meetings`, and `DELETE /operator/meetings/ID/users/ID`.
 *
 * Names are personal, and removing is power, so that being on this machine isn't enough: other users of it, pages in its
 * browsers and whatever a proxy lets through are there as well. It takes the token in the `Authorization` header, which
 * no page can send elsewhere without being allowed to, and nobody is. Any other path goes to what is behind.
 */
export function withOperatorDoor(pages: RequestListener, options: OperatorDoorOptions): RequestListener {
  return (request, response) => {
    if (!pathOf(request.url).startsWith(OPERATOR_PATH)) {
      pages(request, response);
      return;
    }
    answerTo(request, options).then(
      (answer) => write(response, answer),
      (error: unknown) => {
        options.backend.log.error('error', { error });
        write(response, failed);
      },
    );
  };
}

async function answerTo(request: IncomingMessage, { token, backend }: OperatorDoorOptions): Promise<Answer> {
  if (token === undefined) return closed;
  if (!hasBearer(request, token)) return unauthorized;
  const path = pathOf(request.url).slice(OPERATOR_PATH.length);
  if (path === 'meetings') {
    if (request.method !== 'GET') return allowing('GET');
    return { status: 200, body: { meetings: await overview(backend) } };
  }
  const user = userIn(path);
  if (!user) return notFound;
  return request.method === 'DELETE' ? removed(user, backend) : allowing('DELETE');
}

function userIn(path: string): { meetingId: MeetingId; userId: UserId } | undefined {
  const [, meeting, user] = /^meetings\/([^/]+)\/users\/([^/]+)$/.exec(path) ?? [];
  if (meeting === undefined || user === undefined) return undefined;
  try {
    return {
      meetingId: decodeURIComponent(meeting) as MeetingId,
      userId: decodeURIComponent(user) as UserId,
    };
  } catch {
    return undefined;
  }
}

async function removed(
  user: { readonly meetingId: MeetingId; readonly userId: UserId },
  backend: OperatorDoorOptions['backend'],
): Promise<Answer> {
  try {
    const { removed: connections, errors } = await putOut(user, backend);
    backend.log.info('removed', { ...user, connections: connections.length, by: 'operator' });
    logErrors(errors, { meetingId: user.meetingId }, backend.log);
    return { status: 200, body: { ...user, connections: connections.length } };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { code, status, message } = error;
    return { status, body: { code, message } };
  }
}

const closed: Answer = {
  status: 403,
  body: {
    code: 'no_operator',
    message:
      'This server keeps nothing on disk, so that it has no place for a token. Start it with OPERATOR_TOKEN.',
  },
};

const unauthorized: Answer = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer' },
  body: {
    code: 'unauthorized',
    message:
      'Send "Authorization: Bearer" with OPERATOR_TOKEN, or with the token in operator.json of DATA_DIR.',
  },
};

const notFound: Answer = {
  status: 404,
  body: {
    code: 'not_found',
    message: 'There is GET /operator/meetings, and DELETE /operator/meetings/ID/users/ID.',
  },
};

const failed: Answer = {
  status: 500,
  body: { code: 'internal_error', message: 'The server failed. Its log says why.' },
};

const allowing = (allow: string): Answer => ({
  status: 405,
  headers: { allow },
  body: { code: 'method_not_allowed', message: `Only ${allow} is answered here.` },
});

function write(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...textHeaders,
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
