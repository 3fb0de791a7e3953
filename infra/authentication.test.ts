import { App } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readAuthentication } from '../lambda/shared/authentication.ts';
import { createStack } from './createStack.ts';
import { type Deployment, deploymentWith } from './deployment.testing.ts';

const issuerContext = { authIssuer: 'https://login.example.com/', authAudience: 'meetings,phones' };
const poolContext = { userPoolId: 'us-east-1_AbCdEfGhI', userPoolClientId: '1a2b3c4d5e' };

const plain = deploymentWith();
const open = deploymentWith({ auth: 'none' });
const ofIssuer = deploymentWith(issuerContext);
const ofPool = deploymentWith(poolContext);

const connect = ({ one }: Deployment) => one('AWS::ApiGatewayV2::Route', 'RouteKey', '$connect');

/** What all functions are told of authentication: it must be the same. */
function variables({ all }: Deployment): Record<string, string> {
  const [first, ...others] = all('AWS::Lambda::Function').map(({ Environment }) => {
    const { Variables } = Environment as { Variables: Record<string, string> };
    return Object.fromEntries(Object.entries(Variables).filter(([name]) => name.startsWith('AUTH_')));
  });
  for (const other of others) expect(other).toEqual(first);
  return first ?? {};
}

const warningsOf = (context: Record<string, string>) =>
  Annotations.fromStack(createStack(new App({ context }))).findWarning('*', Match.anyValue());

describe('the authorizer', () => {
  it.each([
    ['a user pool of the stack', plain],
    ['a user pool that exists', ofPool],
    ['another issuer', ofIssuer],
  ])('guards $connect, and nothing else, with %s', (_, deployment) => {
    const [authorizer, ...others] = deployment.all('AWS::ApiGatewayV2::Authorizer');
    expect(others).toEqual([]);
    expect(authorizer).toEqual({
      ApiId: '<api>',
      AuthorizerType: 'REQUEST',
      AuthorizerUri:
        'arn:<AWS::Partition>:apigateway:<AWS::Region>:lambda:path/2015-03-31/functions/<CloudMeetX-authorize Arn>/invocations',
      IdentitySource: [],
      Name: 'authorize',
    });
    expect(connect(deployment)).toMatchObject({ AuthorizationType: 'CUSTOM' });
    expect(deployment.referred(connect(deployment).AuthorizerId)).toEqual(authorizer);
    const guarded = deployment
      .all('AWS::ApiGatewayV2::Route')
      .filter(({ AuthorizationType }) => AuthorizationType !== 'NONE');
    expect(guarded.map(({ RouteKey }) => RouteKey)).toEqual(['$connect']);
  });

  it('alone may invoke its function', () => {
    const permission = plain.one('AWS::Lambda::Permission', 'FunctionName', '<CloudMeetX-authorize Arn>');
    expect(permission).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    });
    const [, id] = /:<api>\/authorizers\/(<.*>)$/.exec(String(permission.SourceArn)) ?? [];
    expect(id).toBe(connect(plain).AuthorizerId);
  });
});

describe('the user pool', () => {
  const pool = plain.one('AWS::Cognito::UserPool', 'UserPoolName', 'CloudMeetX');
  const client = plain.one('AWS::Cognito::UserPoolClient', 'ClientName', 'CloudMeetX');

  it('is where nothing else is chosen, and what the functions and people are told of', () => {
    const issuer = 'https://cognito-idp.<AWS::Region>.<AWS::URLSuffix>/<CloudMeetX users>';
    expect(variables(plain)).toEqual({
      AUTH_ISSUER: issuer,
      AUTH_AUDIENCE: '<CloudMeetX client>',
      AUTH_ROLE_CLAIM: 'custom:role',
    });
    expect(plain.outputs).toMatchObject({
      Authentication: issuer,
      UserPoolId: '<CloudMeetX users>',
      UserPoolClientId: '<CloudMeetX client>',
    });
    for (const other of [open, ofIssuer, ofPool]) expect(other.all('AWS::Cognito::UserPool')).toEqual([]);
  });

  it('has users that an administrator makes, who sign in by an address that was verified', () => {
    expect(pool).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      AutoVerifiedAttributes: ['email'],
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    });
  });

  it('asks for passwords of 12 characters of all kinds', () => {
    expect(pool.Policies).toEqual({
      PasswordPolicy: {
        MinimumLength: 12,
        RequireLowercase: true,
        RequireNumbers: true,
        RequireSymbols: true,
        RequireUppercase: true,
        TemporaryPasswordValidityDays: 3,
      },
    });
  });

  it('lets nobody write their own role or name', () => {
    expect(pool.Schema).toMatchObject([{ Name: 'role', AttributeDataType: 'String' }]);
    expect(client.WriteAttributes).toEqual(['email']);
    expect(client.ReadAttributes).toEqual(['custom:role', 'email', 'email_verified', 'name']);
  });

  it('has a client without a secret, for passwords alone, that tells nobody who is a user', () => {
    expect(client).toMatchObject({
      GenerateSecret: false,
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
    });
    expect(client).not.toHaveProperty('AllowedOAuthFlows');
  });

  it('outlives the stack, unless it is chosen to go with it', () => {
    plain.template.allResources('AWS::Cognito::UserPool', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    expect(pool.DeletionProtection).toBe('ACTIVE');
    const { template, all } = deploymentWith({ removalPolicy: 'destroy' });
    template.allResources('AWS::Cognito::UserPool', { DeletionPolicy: 'Delete' });
    expect(all('AWS::Cognito::UserPool')[0]?.DeletionProtection).not.toBe('ACTIVE');
  });
});

describe('other tokens', () => {
  it('are those of a user pool that exists, wherever it is', () => {
    const issuer = 'https://cognito-idp.us-east-1.<AWS::URLSuffix>/us-east-1_AbCdEfGhI';
    expect(variables(ofPool)).toEqual({ AUTH_ISSUER: issuer, AUTH_AUDIENCE: '1a2b3c4d5e' });
    expect(ofPool.outputs).toMatchObject({
      Authentication: issuer,
      UserPoolId: 'us-east-1_AbCdEfGhI',
      UserPoolClientId: '1a2b3c4d5e',
    });
  });

  it('are those of any issuer, by its own keys, and its own claims', () => {
    expect(variables(ofIssuer)).toEqual({
      AUTH_ISSUER: 'https://login.example.com/',
      AUTH_AUDIENCE: 'meetings,phones',
    });
    expect(ofIssuer.outputs).toMatchObject({ Authentication: 'https://login.example.com/' });
    expect(ofIssuer.outputs).not.toHaveProperty('UserPoolId');
    const more = {
      authJwksUri: 'https://login.example.com/keys',
      authUserIdClaim: 'uid',
      authUserNameClaim: 'nick',
      authRoleClaim: 'rights',
      authMeetingIdClaim: 'room',
    };
    expect(variables(deploymentWith({ ...issuerContext, ...more }))).toEqual({
      AUTH_ISSUER: 'https://login.example.com/',
      AUTH_AUDIENCE: 'meetings,phones',
      AUTH_JWKS_URI: 'https://login.example.com/keys',
      AUTH_USER_ID_CLAIM: 'uid',
      AUTH_USER_NAME_CLAIM: 'nick',
      AUTH_ROLE_CLAIM: 'rights',
      AUTH_MEETING_ID_CLAIM: 'room',
    });
  });

  it('are told so that the functions read them', () => {
    expect(readAuthentication(variables(ofIssuer))).toMatchObject({
      issuer: 'https://login.example.com/',
      audience: ['meetings', 'phones'],
    });
    const literal = variables(plain).AUTH_ISSUER?.replaceAll(/<[^>]*>/g, 'x') ?? '';
    expect(readAuthentication({ ...variables(plain), AUTH_ISSUER: literal })).toMatchObject({
      claims: { role: 'custom:role' },
    });
  });
});

describe('without authentication', () => {
  it('there is nothing to authorize', () => {
    expect(open.all('AWS::ApiGatewayV2::Authorizer')).toEqual([]);
    const names = open.all('AWS::Lambda::Function').map(({ FunctionName }) => FunctionName);
    expect(names).not.toContain('CloudMeetX-authorize');
    expect(connect(open).AuthorizationType).toBe('NONE');
    expect(variables(open)).toEqual({});
  });

  it('people are told so, loudly, and nowhere else', () => {
    expect(open.outputs.Authentication).toMatch(/^off: whoever knows the address may join any meeting/);
    const warnings = warningsOf({ auth: 'none' }).map(({ entry }) => entry.data);
    expect(warnings).toEqual([expect.stringContaining('Authentication is off')]);
    for (const context of [{}, issuerContext, poolContext]) expect(warningsOf(context)).toEqual([]);
  });
});
