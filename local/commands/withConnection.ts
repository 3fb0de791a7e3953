import { ApiConnection, RequestRefused } from './ApiConnection.ts';
import { type CommandIo, Failure } from './command.ts';
import { type CredentialOptions, credentialsOf } from './credentials.ts';
import { deploymentOf } from './deployment.ts';

/** The options of a command that connects, and to which meeting. */
type ConnectedOptions = CredentialOptions & {
  readonly url?: string | undefined;
  readonly meetingId: string;
};

/**
 * Does something over a connection of a plain client, which nobody is told of, and closes it. What the server answers to a
 * request with an error fails the command, with the server's words.
 */
export async function withConnection<Result>(
  { url, meetingId, ...options }: ConnectedOptions,
  { env, now }: CommandIo,
  use: (connection: ApiConnection) => Promise<Result>,
): Promise<Result> {
  const deployment = deploymentOf(url, env);
  const credentials = await credentialsOf(options, env, now)();
  const connection = await ApiConnection.open({
    ...{ url: deployment.url, meetingId, credentials },
    client: 'plain',
  });
  try {
    return await use(connection);
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    throw new Failure(`The server refused it: ${error.message} (${error.code})`, { cause: error });
  } finally {
    await connection.close();
  }
}
