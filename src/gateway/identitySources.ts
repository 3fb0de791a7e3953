import type { AuthorizerEvent } from './events.ts';

/** Finds a source's value in an upgrade request; undefined or empty without one. */
type IdentitySource = (event: AuthorizerEvent) => string | undefined;

const SOURCE =
  /^(route\.request\.header|route\.request\.querystring|stageVariables|context)\.([!#$%&'*+.^_`|~\w-]+)$/;

/**
 * Reads the identity sources of a WebSocket API's authorizer: `route.request.header.NAME` in any case, and
 * `route.request.querystring.NAME`, `stageVariables.NAME` and `context.NAME` exactly. Throws a TypeError for others,
 * such as an HTTP API's `$request.header.NAME`, which API Gateway refuses as well.
 *
 * Tells of an event whether it has them all.
 */
export function parseIdentitySources(expressions: readonly string[]): (event: AuthorizerEvent) => boolean {
  const sources = expressions.map(parseIdentitySource);
  return (event) => sources.every((source) => Boolean(source(event)));
}

function parseIdentitySource(expression: string): IdentitySource {
  const [, place, name = ''] = SOURCE.exec(expression) ?? [];
  switch (place) {
    case 'route.request.header':
      return ({ headers }) => firstValue(headers, (header) => header.toLowerCase() === name.toLowerCase());
    case 'route.request.querystring':
      return (event) => firstValue(event.queryStringParameters, (parameter) => parameter === name);
    case 'stageVariables':
      return ({ stageVariables }) => firstValue(stageVariables, (variable) => variable === name);
    case 'context':
      return ({ requestContext }) => contextVariable(requestContext, name.split('.'));
    default:
      throw new TypeError(
        `The identity source "${expression}" is not one of a WebSocket API: write route.request.header.NAME, route.request.querystring.NAME, stageVariables.NAME or context.NAME.`,
      );
  }
}

/** The value of the first name that is meant and has one. */
function firstValue(
  values: Readonly<Record<string, string>>,
  isMeant: (name: string) => boolean,
): string | undefined {
  return Object.entries(values).find(([name, value]) => isMeant(name) && value !== '')?.[1];
}

function contextVariable(value: unknown, [name, ...path]: readonly string[]): string | undefined {
  if (name === undefined) return typeof value === 'object' ? undefined : String(value);
  const [, inner] = Object.entries(value ?? {}).find(([key]) => key === name) ?? [];
  return inner === undefined ? undefined : contextVariable(inner, path);
}
