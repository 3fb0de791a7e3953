import * as http from 'node:http';
import * as https from 'node:https';
import type { SignatureV4 } from '@smithy/signature-v4';
import type { ConnectionId } from '../protocol/ids.ts';

/** Where `@connections` is, and how it is asked. */
export type ManagementApiOptions = {
  /** The API's address with its stage, such as `https://abc123.execute-api.eu-central-1.amazonaws.com/production`. */
  readonly callbackUrl: string;
  /** Signs for the service `execute-api` of the API's region. */
  readonly signer: Pick<SignatureV4, 'sign'>;
  /** Requests under way at once; others wait. */
  readonly maxSockets: number;
  /** How long a request may be without an answer. */
  readonly timeoutMs: number;
};

/** What was answered; of a refusal, the beginning of what it says. */
export type ManagementAnswer = { readonly statusCode: number; readonly refusal?: string };

const REFUSAL_BYTES = 500;

/**
 * The three requests of the API Gateway Management API. The SDK's client takes two and a half times as much of the
 * processor for a post, of which a function has a fraction and a fan-out makes hundreds:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export class ManagementApi {
  readonly #options: ManagementApiOptions;
  readonly #url: URL;
  readonly #module: typeof http | typeof https;
  readonly #agent: http.Agent;

  constructor(options: ManagementApiOptions) {
    const { callbackUrl, maxSockets } = options;
    this.#options = options;
    this.#url = new URL(callbackUrl);
    this.#module = this.#url.protocol === 'https:' ? https : http;
    this.#agent = new this.#module.Agent({ keepAlive: true, maxSockets });
  }

  /** Asks for something. Rejects where no answer comes; repeats nothing. */
  async request(
    method: 'POST' | 'GET' | 'DELETE',
    connectionId: ConnectionId,
    body?: Buffer,
  ): Promise<ManagementAnswer> {
    const { host, hostname, port, pathname } = this.#url;
    const path = `${pathname.replace(/\/$/, '')}/@connections/${encodeURIComponent(connectionId)}`;
    const { signer, timeoutMs } = this.#options;
    const { headers } = await signer.sign({
      ...{ method, protocol: this.#url.protocol, hostname, path, headers: { host }, body },
    });
    return new Promise((resolve, reject) => {
      const outgoing = this.#module.request(
        {
          ...{ method, hostname, port, path, agent: this.#agent, timeout: timeoutMs },
          headers: { ...headers, 'content-length': body?.byteLength ?? 0 },
        },
        (incoming) => answerOf(incoming).then(resolve, reject),
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

async function answerOf(incoming: http.IncomingMessage): Promise<ManagementAnswer> {
  const { statusCode = 0 } = incoming;
  let text = '';
  for await (const chunk of incoming) if (text.length < REFUSAL_BYTES) text += String(chunk);
  return statusCode < 400 ? { statusCode } : { statusCode, refusal: text.slice(0, REFUSAL_BYTES) };
}
