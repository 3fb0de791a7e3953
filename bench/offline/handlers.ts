// What both gateways run, bundled into one file: handlers as anybody writes them, which take everything from their
// event and environment.
import { appendFileSync } from 'node:fs';
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { accessKey } from '../posts/target.ts';

/** Of what API Gateway tells, what these handlers use. */
type Event = {
  readonly body: string;
  readonly queryStringParameters?: Readonly<Record<string, string>> | null;
  readonly requestContext: { readonly connectionId: string };
};
type Result = { readonly statusCode: number; readonly body?: string };

let client: ApiGatewayManagementApiClient | undefined;

/** `$connect`: refuses whoever asks to be. */
export async function connect({ queryStringParameters }: Event): Promise<Result> {
  return { statusCode: queryStringParameters?.refuse ? 403 : 200 };
}

/** `$disconnect`: writes down its event. */
export async function disconnect(event: Event): Promise<Result> {
  appendFileSync(variable('EVENTS_FILE'), `${JSON.stringify(event)}\n`);
  return { statusCode: 200 };
}

/** Gives back what it gets. */
export async function echo({ body }: Event): Promise<Result> {
  return { statusCode: 200, body };
}

/** Tells a client its connectionId. */
export async function whoAmI({ requestContext }: Event): Promise<Result> {
  return { statusCode: 200, body: requestContext.connectionId };
}

/** Posts the message to all it names. Throws when a post fails. */
export async function broadcast({ body }: Event): Promise<Result> {
  const { to }: { to: readonly string[] } = JSON.parse(body);
  client ??= new ApiGatewayManagementApiClient({
    ...{ endpoint: variable('CALLBACK_URL'), region: 'us-east-1', credentials: accessKey },
  });
  const sending = client;
  await Promise.all(
    to.map((id) => sending.send(new PostToConnectionCommand({ ConnectionId: id, Data: Buffer.from(body) }))),
  );
  return { statusCode: 200 };
}

/** Throws. */
export async function fail(): Promise<Result> {
  throw new Error('as it was asked to');
}

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
