import type { Walkthrough } from './Walkthrough.ts';

/** What matters of a user pool and its one app client. */
export async function getUserPool(walk: Walkthrough, userPoolId: string) {
  const pool = ['--user-pool-id', userPoolId];
  const { UserPool } = await walk.aws<{ UserPool: DescribedPool }>(
    ...['cognito-idp', 'describe-user-pool', ...pool],
  );
  const { UserPoolClients } = await walk.aws<{ UserPoolClients: readonly { ClientId: string }[] }>(
    ...['cognito-idp', 'list-user-pool-clients', ...pool],
  );
  const clients = UserPoolClients.map(async ({ ClientId }) => {
    const { UserPoolClient } = await walk.aws<{ UserPoolClient: DescribedClient }>(
      ...['cognito-idp', 'describe-user-pool-client', ...pool, '--client-id', ClientId],
    );
    const { ClientSecret, ExplicitAuthFlows, PreventUserExistenceErrors, WriteAttributes } = UserPoolClient;
    return { ClientSecret, ExplicitAuthFlows, PreventUserExistenceErrors, WriteAttributes };
  });
  const { AdminCreateUserConfig, DeletionProtection, Policies, UsernameAttributes } = UserPool;
  const { PasswordPolicy } = Policies;
  return {
    AllowAdminCreateUserOnly: AdminCreateUserConfig.AllowAdminCreateUserOnly,
    ...{ DeletionProtection, PasswordPolicy, UsernameAttributes },
    custom: UserPool.SchemaAttributes.map(({ Name }) => Name).filter((name) => name.startsWith('custom:')),
    clients: await Promise.all(clients),
  };
}

type DescribedPool = {
  readonly AdminCreateUserConfig: { readonly AllowAdminCreateUserOnly: boolean };
  readonly DeletionProtection: string;
  readonly Policies: { readonly PasswordPolicy: Readonly<Record<string, unknown>> };
  readonly SchemaAttributes: readonly { readonly Name: string }[];
  readonly UsernameAttributes: readonly string[];
};

type DescribedClient = {
  readonly ClientSecret?: string;
  readonly ExplicitAuthFlows: readonly string[];
  readonly PreventUserExistenceErrors: string;
  readonly WriteAttributes: readonly string[];
};

/** The user pool as it has to be: the same as the CDK app's. */
export const userPool = {
  AllowAdminCreateUserOnly: true,
  DeletionProtection: 'ACTIVE',
  PasswordPolicy: {
    MinimumLength: 12,
    RequireLowercase: true,
    RequireNumbers: true,
    RequireSymbols: true,
    RequireUppercase: true,
    TemporaryPasswordValidityDays: 3,
  },
  UsernameAttributes: ['email'],
  custom: ['custom:role'],
  clients: [
    {
      ClientSecret: undefined,
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
      WriteAttributes: ['email'],
    },
  ],
};

/** The `sub` of the token that the shell holds. */
export async function subjectOf(walk: Walkthrough): Promise<string> {
  const [, payload = ''] = (await walk.variable('TOKEN')).split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string }).sub;
}
