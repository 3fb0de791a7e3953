import { Annotations, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccountRecovery, ClientAttributes, Mfa, StringAttribute, UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** A user pool, and the clients that its tokens may be for, with commas between them. */
type UserPoolIds = { readonly id: string; readonly clientIds: string };

/** Whose tokens are taken. */
export type Tokens = {
  /** As the `iss` claim says it; undefined: no tokens are asked for. */
  readonly issuer: string | undefined;
  readonly userPool: UserPoolIds | undefined;
  /** What tells it to the functions. There is no secret among them. */
  readonly variables: Readonly<Record<string, string>>;
};

/** What people are told who ask for a deployment without authentication. */
export const OFF = 'off: whoever knows the address may join any meeting as anybody';

/** Makes what people get tokens from, unless it exists, and says loudly when nobody needs any. */
export function createTokens(scope: Construct, settings: Settings): Tokens {
  const { authentication } = settings;
  switch (authentication.kind) {
    case 'none':
      Annotations.of(scope).addWarningV2('cloudmeetx:auth', `Authentication is ${OFF}.`);
      return { issuer: undefined, userPool: undefined, variables: {} };
    case 'issuer': {
      const { issuer, audience, jwksUri } = authentication;
      const variables = { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience.join(',') };
      return {
        issuer,
        userPool: undefined,
        variables: { ...variables, ...(jwksUri !== undefined && { AUTH_JWKS_URI: jwksUri }) },
      };
    }
    case 'existing-user-pool': {
      const { userPoolId, clientIds } = authentication;
      // Its id begins with its region, which needn't be the stack's.
      const [region = ''] = userPoolId.split('_');
      return tokensOf(scope, region, { id: userPoolId, clientIds: clientIds.join(',') });
    }
    case 'cognito': {
      const { userPool, clientId } = createUserPool(scope, settings);
      const ids = { id: userPool.userPoolId, clientIds: clientId };
      const tokens = tokensOf(scope, Stack.of(scope).region, ids);
      return { ...tokens, variables: { ...tokens.variables, AUTH_ROLE_CLAIM: `custom:${ROLE}` } };
    }
  }
}

function tokensOf(scope: Construct, region: string, userPool: UserPoolIds): Tokens {
  const issuer = `https://cognito-idp.${region}.${Stack.of(scope).urlSuffix}/${userPool.id}`;
  return { issuer, userPool, variables: { AUTH_ISSUER: issuer, AUTH_AUDIENCE: userPool.clientIds } };
}

/** The attribute that says what a user may do. */
const ROLE = 'role';

/**
 * A user pool whose users only an administrator makes. Name and role are the administrator's word, too: the client may
 * not write them, so that nobody makes themselves a host, or somebody else.
 */
function createUserPool(scope: Construct, { namePrefix, removalPolicy }: Settings) {
  const isKept = removalPolicy === 'retain';
  const userPool = new UserPool(scope, 'Users', {
    userPoolName: namePrefix,
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    keepOriginal: { email: true },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    customAttributes: { [ROLE]: new StringAttribute({ minLen: 1, maxLen: 16, mutable: true }) },
    passwordPolicy: {
      minLength: 12,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
      tempPasswordValidity: Duration.days(3),
    },
    mfa: Mfa.OPTIONAL,
    mfaSecondFactor: { sms: false, otp: true },
    deletionProtection: isKept,
    removalPolicy: isKept ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
  });
  const { userPoolClientId } = userPool.addClient('Client', {
    userPoolClientName: namePrefix,
    // Browsers keep no secrets.
    generateSecret: false,
    authFlows: { userSrp: true, userPassword: true },
    disableOAuth: true,
    preventUserExistenceErrors: true,
    readAttributes: attributes({ email: true, emailVerified: true, fullname: true }).withCustomAttributes(
      ROLE,
    ),
    // Without any, a client may write all.
    writeAttributes: attributes({ email: true }),
  });
  acknowledge(userPool);
  return { userPool, clientId: userPoolClientId };
}

const attributes = (which: Parameters<ClientAttributes['withStandardAttributes']>[0]) =>
  new ClientAttributes().withStandardAttributes(which);

function acknowledge(userPool: UserPool): void {
  Validations.of(userPool).acknowledge(
    {
      id: 'AwsSolutions::AwsSolutions-COG2',
      reason:
        'A second factor is offered, by an app. Whether users must have one is for whoever runs the product to say, in the pool.',
    },
    {
      id: 'AwsSolutions::AwsSolutions-COG8',
      reason: 'The Plus plan is billed for each active user. Whoever wants it turns it on in the pool.',
    },
  );
}
