import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type Access, type DeployedFunction, deployedFunctions } from './deployedFunctions.ts';
import { claims, type IceServers, limits, type Settings, SetupError } from './settings.ts';
import type { Tables } from './tables.ts';

/** A function, and what is to invoke it. */
export type TriggeredFunction = Pick<DeployedFunction, 'trigger'> & { readonly handler: LambdaFunction };

/** What a function needs besides its code. */
type Surroundings = {
  readonly settings: Settings;
  readonly tables: Tables;
  /** What `@connections` is below: the schedule's events name no API. */
  readonly callbackUrl: string;
  /** Where what is for many, or has failed, is handed over. */
  readonly deliveryQueueUrl: string;
  /** What tells whose tokens are taken; nothing where authentication is off. */
  readonly tokenVariables: Readonly<Record<string, string>>;
  readonly grant: (role: Role, access: Access) => void;
};

/** Makes all functions, each with a role and a log group of its own; without authentication there is none to authorize. */
export function createFunctions(scope: Construct, surroundings: Surroundings): readonly TriggeredFunction[] {
  const isOpen = surroundings.settings.authentication.kind === 'none';
  const needed = Object.entries(deployedFunctions).filter(
    ([, { trigger }]) => !(isOpen && trigger.kind === 'authorizer'),
  );
  return needed.map(([name, deployed]) => ({
    trigger: deployed.trigger,
    handler: createFunction(scope, name, { ...surroundings, deployed }),
  }));
}

function createFunction(
  scope: Construct,
  name: string,
  { deployed, ...surroundings }: Surroundings & { readonly deployed: DeployedFunction },
): LambdaFunction {
  const { settings } = surroundings;
  const functionName = `${settings.namePrefix}-${name}`;
  const logGroup = new LogGroup(scope, `${name}Logs`, {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: settings.logRetention,
    // It has a fixed name: left behind, it would be in the way of the next deployment.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // A role that is given gets no managed policy, which would allow writing to every log group there is.
  const role = new Role(scope, `${name}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `What ${functionName} may do`,
  });
  logGroup.grantWrite(role);
  surroundings.grant(role, deployed.access);

  return new LambdaFunction(scope, name, {
    functionName,
    code: Code.fromAsset(builtZip(settings.zips, name)),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: deployed.memoryMb,
    timeout: Duration.seconds(deployed.timeoutSeconds),
    environment: {
      ...environmentOf(surroundings),
      ...(deployed.access.deliveryQueue.length > 0 && { DELIVERY_QUEUE_URL: surroundings.deliveryQueueUrl }),
      ...(deployed.tells === 'ice-servers' && iceVariables(settings.iceServers)),
    },
    logGroup,
    role,
  });
}

/**
 * What a function is told; of what nobody has chosen it knows the default. Source maps aren't in the zips, as they are
 * five times the code: nothing turns them on.
 */
function environmentOf(surroundings: Surroundings): Record<string, string> {
  const { settings, tables, callbackUrl, tokenVariables } = surroundings;
  const chosen = [
    ...limits.map(({ name, variable }) => [variable, settings.limits[name]] as const),
    ...claims.map(({ name, variable }) => [variable, settings.claims[name]] as const),
    ['ALLOWED_ORIGINS', settings.allowedOrigins.join(',') || undefined] as const,
  ];
  return {
    TABLE_NAME: tables.connections.tableName,
    MEETINGS_TABLE_NAME: tables.meetings.tableName,
    CALLBACK_URL: callbackUrl,
    LOG_LEVEL: settings.logLevel,
    ...tokenVariables,
    ...Object.fromEntries(
      chosen.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    ),
  };
}

/**
 * What is told of STUN and TURN servers. Of the secret the template has a reference, which CloudFormation resolves when it
 * deploys the function.
 */
function iceVariables({ stunUrls, turn }: IceServers): Record<string, string> {
  return {
    ...(stunUrls.length > 0 && { STUN_URLS: stunUrls.join(',') }),
    ...(turn && {
      TURN_URLS: turn.urls.join(','),
      TURN_SECRET: SecretValue.secretsManager(turn.secretName).unsafeUnwrap(),
    }),
  };
}

function builtZip(folder: string, name: string): string {
  const zip = join(folder, `${name}.zip`);
  if (existsSync(zip)) return zip;
  throw new SetupError(
    `${name} isn't built: run \`npm run build\` in the root of the repository first (no ${zip}).`,
  );
}
