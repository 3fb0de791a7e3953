import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readFunctionConfig } from '../../lambda/shared/environment.ts';
import { ConfigError } from '../../lambda/shared/variables.ts';
import { connectAws } from '../../src/aws/connectAws.ts';
import { putOut } from '../../src/meeting/hosting.ts';
import { overview } from '../../src/meeting/overview.ts';
import { ProtocolError } from '../../src/protocol/errors.ts';
import type { MeetingId, UserId } from '../../src/protocol/ids.ts';
import { type CommandIo, Failure } from './command.ts';
import { type Deployment, httpUrl, regionIn } from './deployment.ts';
import type { Operator } from './operator.ts';

/** How long a removal may take: the functions have 29 s. */
const REMOVAL_MS = 29_000;

// Which version of the SDK runs on which Node is decided by whoever packs this, not by its users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/**
 * The operator of a deployment on AWS, with the tables and the `@connections` that the environment and the address name,
 * by the SDK's own credentials.
 */
export async function awsOperator(
  deployment: Deployment | undefined,
  { env, note, now }: CommandIo,
): Promise<Operator> {
  const config = readFunctionConfig(env);
  const region = (deployment && regionIn(deployment)) ?? (await ownRegion());
  const callbackUrl = config.callbackUrl ?? (deployment && httpUrl(deployment.url).href.replace(/\/$/, ''));
  const report = (error: unknown) => note(`@connections failed: ${(error as Error).message}`);
  const aws = connectAws({ ...config, region, callbackUrl }, report);
  const { banSeconds, queueAbove } = config;
  return {
    meetings: (onProgress) => explained(() => overview({ meetings: aws.meetings, now, onProgress }), config),
    async remove({ meetingId, userId }) {
      if (callbackUrl === undefined) {
        throw new ConfigError(
          'Where the API is isn’t known: give --url wss://….execute-api.REGION.amazonaws.com/STAGE, or set CALLBACK_URL as for the functions.',
        );
      }
      const user = { meetingId: meetingId as MeetingId, userId: userId as UserId };
      const removal = aws.scheduled(() => putOut(user, { ...aws, banSeconds, queueAbove, now }));
      const endsAtMs = now() + REMOVAL_MS;
      const context = { getRemainingTimeInMillis: () => endsAtMs - now() };
      const { removed, errors } = await explained(() => removal(undefined, context), config);
      // The user is out, and the log says so; somebody may hear of it late.
      for (const error of errors) note(`Somebody was not told of it: ${(error as Error).message}`);
      return removed.length;
    },
  };
}

/** By AWS_REGION, or by the profile. */
async function ownRegion(): Promise<string> {
  const client = new DynamoDBClient({});
  try {
    return await client.config.region();
  } catch (error) {
    throw new ConfigError(
      'There is no AWS region: set AWS_REGION, or give --url wss://….execute-api.REGION.amazonaws.com/STAGE.',
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}

type Tables = Pick<ReturnType<typeof readFunctionConfig>, 'tables'>;

/** Does something on AWS, and says of what went wrong what to change. */
async function explained<Result>(work: () => Promise<Result>, { tables }: Tables): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProtocolError) throw new Failure(error.message, { cause: error });
    throw new Failure(wordsOn(error as Error, tables), { cause: error });
  }
}

function wordsOn({ name, message }: Error, { connections, meetings }: Tables['tables']): string {
  switch (name) {
    case 'ResourceNotFoundException':
      return `There is no table ${connections} or ${meetings} in this region and account. Set AWS_REGION, TABLE_NAME and MEETINGS_TABLE_NAME to those of the deployment.`;
    case 'CredentialsProviderError':
      return 'There are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with "aws sso login".';
    case 'AccessDeniedException':
    case 'ExpiredTokenException':
    case 'UnrecognizedClientException':
    case 'InvalidSignatureException':
      return `AWS refused these credentials: ${message}`;
    default:
      return `AWS can't be asked: ${message || name}.`;
  }
}
