/** The route of messages that no other takes, in API Gateway's spelling. */
export const DEFAULT_ROUTE_KEY = '$default';

/** Evaluates a route selection expression for one message; an empty string where its path leads nowhere. */
export type SelectRouteKey = (body: string) => string;

/**
 * Reads a route selection expression: `$request.body.PATH`, or text with `${request.body.PATH}` in it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
 */
export function parseRouteSelectionExpression(expression: string): SelectRouteKey {
  const [, whole] = /^\$request\.body\.([\w.-]+)$/.exec(expression) ?? [];
  if (whole !== undefined) {
    const path = whole.split('.');
    return (body) => stringify(resolve(parseJson(body), path));
  }
  const placeholder = /\$\{request\.body\.([\w.-]+)\}/g;
  if (!placeholder.test(expression)) {
    throw new TypeError(
      `"${expression}" is no route selection expression: write $request.body.action, for example.`,
    );
  }
  return (body) => {
    const message = parseJson(body);
    return expression.replace(placeholder, (_, path: string) => stringify(resolve(message, path.split('.'))));
  };
}

/** Text that isn't JSON selects nothing. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function resolve(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (parent, key) =>
      typeof parent === 'object' && parent !== null && Object.hasOwn(parent, key)
        ? (parent as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}

/** Results are compared as strings, whatever their type. */
function stringify(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  try {
    return JSON.stringify(value);
  } catch {
    // JSON.parse takes values that nest deeper than JSON.stringify's stack; no route key looks like them.
    return '';
  }
}
