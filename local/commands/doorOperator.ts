import type { MeetingOverview } from '../../src/meeting/overview.ts';
import { OPERATOR_PATH } from '../operatorDoor.ts';
import { Failure } from './command.ts';
import { type Deployment, httpUrl } from './deployment.ts';
import { unreachable } from './notConnected.ts';
import type { Operator } from './operator.ts';

/** The operator of a server on one machine, who knows its token. Throws a {@link Failure} where that would be told to others. */
export function doorOperator({ url, place }: Deployment, token: string): Operator {
  if (url.protocol === 'ws:' && place !== 'machine') {
    throw new Failure(
      'Over plain HTTP everybody on the way would read the operator’s token. Use wss://, or run this on the server’s machine.',
    );
  }
  const ask = async (method: 'GET' | 'DELETE', path: string): Promise<Readonly<Record<string, unknown>>> => {
    const address = new URL(`${OPERATOR_PATH}${path}`, httpUrl(url));
    const response = await fetch(address, {
      method,
      // The token is for nobody that an answer names.
      redirect: 'error',
      headers: { authorization: `Bearer ${token}` },
    }).catch((error: Error) => Promise.reject(unreachable(url, error)));
    const answer = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
    if (response.ok) return answer;
    throw new Failure(messageOf(response.status, answer));
  };
  return {
    async meetings() {
      const { meetings } = await ask('GET', 'meetings');
      return meetings as readonly MeetingOverview[];
    },
    async remove({ meetingId, userId }) {
      const path = [meetingId, userId].map(encodeURIComponent).join('/users/');
      const { connections } = await ask('DELETE', `meetings/${path}`);
      return Number(connections);
    },
  };
}

function messageOf(status: number, { code, message }: Readonly<Record<string, unknown>>): string {
  if (status === 401) {
    return 'The server does not take this token. OPERATOR_TOKEN must be the server’s own, and DATA_DIR its folder, if it has been started with one.';
  }
  if (typeof message === 'string' && typeof code === 'string') return message;
  return `The server answered ${status}. Is --url the address of a CloudMeetX server of one machine (on AWS: --aws)?`;
}
