import type { Environment } from '../../lambda/shared/variables.ts';
import type { MeetingOverview } from '../../src/meeting/overview.ts';
import { readSecret } from '../config.ts';
import { readOperatorFile } from '../operatorFile.ts';
import type { CommandIo } from './command.ts';
import { type Deployment, deploymentOf, httpUrl } from './deployment.ts';
import { doorOperator } from './doorOperator.ts';

/** What whoever runs a backend may ask of it, wherever it is. Methods throw a `Failure` that says what to change. */
export type Operator = {
  /** Where somebody is. */
  meetings(onProgress: (done: number, total: number) => void): Promise<readonly MeetingOverview[]>;
  /** Removes a user, and returns how many connections that ended. */
  remove(user: { readonly meetingId: string; readonly userId: string }): Promise<number>;
};

/** Which deployment, and whether it is one on AWS under a name of its own. */
export type OperatorOptions = { readonly url?: string | undefined; readonly aws: boolean };

/** The help on {@link OperatorOptions}. */
export const operatorHelp = `  --url URL       The deployment: ws://127.0.0.1:3001/production, wss://… Unless given, that of this machine
  --aws           It is on AWS, under whatever name. Understood of …execute-api… addresses
  --json          JSON instead of text`;

/** The rights that this user has on a deployment; undefined: none that can be found here. */
export async function operatorOf(
  { url, aws }: OperatorOptions,
  io: CommandIo,
): Promise<Operator | undefined> {
  const deployment = deploymentOf(url, io.env);
  if (aws || deployment.place === 'api') {
    // The SDK takes a while to load, which nobody else should wait for.
    const { awsOperator } = await import('./awsOperator.ts');
    return awsOperator(url === undefined ? undefined : deployment, io);
  }
  const token = tokenFor(deployment, io.env);
  return token === undefined ? undefined : doorOperator(deployment, token);
}

/** A server's own token is for that server alone: wherever else it went, it would be told. */
function tokenFor({ url, place }: Deployment, env: Environment): string | undefined {
  const given = readSecret(env, 'OPERATOR_TOKEN');
  if (given !== undefined) return given;
  const left = readOperatorFile(env.DATA_DIR || '.cloudmeetx');
  if (!left || !URL.canParse(left.url)) return undefined;
  const own = new URL(left.url);
  const isSame = httpUrl(own).port === httpUrl(url).port && own.protocol === url.protocol;
  return isSame && (place === 'machine' || own.hostname === url.hostname) ? left.token : undefined;
}
