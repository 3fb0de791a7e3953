import { type Context, isGiven, list, matching } from './contextValues.ts';
import { type IceServers, SetupError } from './settings.ts';

/** Reads and checks where browsers find a way to each other. Throws a {@link SetupError}. */
export function readIceServers(context: Context): IceServers {
  if (isGiven(context, 'turnSecret')) {
    throw new SetupError(
      `turnSecret can't be given: it would be readable in the template. Put it into Secrets Manager, and give its name as turnSecretName.`,
    );
  }
  return { stunUrls: list(context, 'stunUrls', stunUrls), turn: readTurn(context) };
}

function readTurn(context: Context): IceServers['turn'] {
  if (!isGiven(context, 'turnUrls') && !isGiven(context, 'turnSecretName')) return undefined;
  return {
    urls: list((name) => context(name) ?? '', 'turnUrls', turnUrls),
    secretName: matching(context, 'turnSecretName', '', secretName),
  };
}

// As the functions take them: one that is told anything else doesn't load.
const host = String.raw`(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::\d{1,5})?`;
const stunUrls = {
  pattern: new RegExp(`^stuns?:${host}$`),
  words: 'addresses such as stun:stun.example.com:3478, with commas between them',
};
const turnUrls = {
  pattern: new RegExp(`^turns?:${host}(?:\\?transport=(?:udp|tcp))?$`),
  words: 'addresses such as turn:turn.example.com:3478, with commas between them, as turnSecretName is given',
};

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
const secretName = {
  pattern: /^(arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:)?[\w/+=.@-]{1,512}$/,
  words: 'the name or ARN of a secret in Secrets Manager, as turnUrls is given',
};
