import { type Context, isGiven, list, matching, oneOf, type Rule } from './contextValues.ts';
import { type Authentication, claims, type Settings, SetupError } from './settings.ts';

/** Reads and checks whose tokens are to be asked for, and what their claims are called. Throws a {@link SetupError}. */
export function readTokens(context: Context): Pick<Settings, 'authentication' | 'claims'> {
  if (isGiven(context, 'authSecret')) {
    throw new SetupError(
      `authSecret can't be given: it would be readable in the template and in the functions. Use a user pool, or an issuer with public keys (authIssuer).`,
    );
  }
  const inferred = isGiven(context, 'authIssuer') ? 'issuer' : 'cognito';
  const auth = oneOf(context, 'auth', Object.keys(readers) as Auth[], inferred);
  for (const name of Object.entries(valuesOf).flatMap(([of, names]) => (of === auth ? [] : names))) {
    if (isGiven(context, name)) {
      throw new SetupError(`${name} is given, but auth is "${auth}": leave out one of them.`);
    }
  }
  return { authentication: readers[auth](context), claims: chosenClaims(context) };
}

type Auth = 'cognito' | 'issuer' | 'none';

/** What belongs to each, and to no other. */
const valuesOf = {
  cognito: ['userPoolId', 'userPoolClientId'],
  issuer: ['authIssuer', 'authAudience', 'authJwksUri'],
  none: [],
} satisfies Record<Auth, readonly string[]>;

const readers: Record<Auth, (context: Context) => Authentication> = {
  cognito(context) {
    if (!valuesOf.cognito.some((name) => isGiven(context, name))) return { kind: 'cognito' };
    return {
      kind: 'existing-user-pool',
      userPoolId: matching(context, 'userPoolId', '', userPoolId),
      clientIds: requiredList(context, 'userPoolClientId', clientIds),
    };
  },

  issuer: (context) => ({
    kind: 'issuer',
    issuer: matching(context, 'authIssuer', '', address('the iss claim of the tokens, an https address')),
    audience: requiredList(context, 'authAudience', audience),
    jwksUri: isGiven(context, 'authJwksUri')
      ? matching(context, 'authJwksUri', '', address('the https address of the keys'))
      : undefined,
  }),

  none: () => ({ kind: 'none' }),
};

const userPoolId = {
  pattern: /^[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]+$/,
  words: 'the id of a user pool, such as eu-central-1_AbCdEfGhI, as userPoolClientId is given',
};

const clientIds = {
  pattern: /^\w{1,128}$/,
  words: 'ids of app clients of the user pool, with commas between them, as userPoolId is given',
};

const audience = {
  pattern: /^[^\s,]+$/,
  words: 'what the tokens are for, as their aud claim says it, with commas between several',
};

// Keys that came over plain http could be anybody's.
const address = (words: string): Rule => ({ pattern: /^https:\/\/[^\s?#]+$/, words });

function requiredList(context: Context, name: string, rule: Rule): readonly string[] {
  return list((asked) => context(asked) ?? '', name, rule);
}

function chosenClaims(context: Context): Settings['claims'] {
  const chosen = claims.filter(({ name }) => isGiven(context, name));
  return Object.fromEntries(chosen.map(({ name }) => [name, matching(context, name, '', claim)]));
}

const claim = { pattern: /^\S{1,128}$/, words: 'the name of a claim, such as custom:role' };
