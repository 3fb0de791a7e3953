import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type Access, functionAccess } from './access.ts';
import { type Settings, SetupError } from './settings.ts';
import type { Tables } from './tables.ts';

/** The functions of a deployment, by the names of their folders in `lambda/`. */
export type FunctionName = keyof typeof functionAccess;

type Size = { readonly memoryMb: number; readonly timeoutSeconds: number };

const small: Size = { memoryMb: 256, timeoutSeconds: 10 };
// A fan-out is work for the processor, whose share grows with the memory, and takes the longer the larger the meeting.
const large: Size = { memoryMb: 512, timeoutSeconds: 30 };

const sizes: Readonly<Record<FunctionName, Size>> = {
  onConnect: small,
  onDisconnect: small,
  sendMessage: large,
  onDefault: small,
};

/** What a function needs besides its code. */
type Surroundings = {
  readonly settings: Settings;
  readonly tables: Tables;
  readonly grant: (role: Role, access: Access) => void;
};

/** Makes all functions, each with a role and a log group of its own. */
export function createFunctions(
  scope: Construct,
  surroundings: Surroundings,
): Readonly<Record<FunctionName, LambdaFunction>> {
  const create = (name: FunctionName) => createFunction(scope, name, surroundings);
  return {
    onConnect: create('onConnect'),
    onDisconnect: create('onDisconnect'),
    sendMessage: create('sendMessage'),
    onDefault: create('onDefault'),
  };
}

function createFunction(
  scope: Construct,
  name: FunctionName,
  { settings, tables, grant }: Surroundings,
): LambdaFunction {
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
  grant(role, functionAccess[name]);

  const { memoryMb, timeoutSeconds } = sizes[name];
  return new LambdaFunction(scope, name, {
    functionName,
    code: Code.fromAsset(builtZip(settings.zips, name)),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: memoryMb,
    timeout: Duration.seconds(timeoutSeconds),
    environment: environmentOf(settings, tables),
    logGroup,
    role,
  });
}

/** Source maps aren't in the zips, as they are five times the code: nothing turns them on. */
function environmentOf({ logLevel, customDomain }: Settings, tables: Tables): Record<string, string> {
  return {
    TABLE_NAME: tables.connections.tableName,
    MEETINGS_TABLE_NAME: tables.meetings.tableName,
    LOG_LEVEL: logLevel,
    // Without it a function makes the address of each event's API and stage.
    ...(customDomain && { CALLBACK_URL: `https://${customDomain.name}` }),
  };
}

function builtZip(folder: string, name: FunctionName): string {
  const zip = join(folder, `${name}.zip`);
  if (existsSync(zip)) return zip;
  throw new SetupError(
    `${name} isn't built: run \`npm run build\` in the root of the repository first (no ${zip}).`,
  );
}
