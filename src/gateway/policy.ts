/** Why something that should be an IAM policy, or the result of an authorizer with one, isn't. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

/** Whether something is an object with named members. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Statement = {
  readonly effect: 'Allow' | 'Deny';
  readonly names: (action: string, resource: string) => boolean;
};

/** One action on one resource. */
export type Access = { readonly action: string; readonly resource: string };

const VERSIONS: readonly unknown[] = ['2012-10-17', '2008-10-17', undefined];

/**
 * Evaluates an IAM policy as far as authorizers need it: an explicit Deny wins, and what no statement allows is denied.
 * Throws a {@link MalformedError} for anything else than a policy, and for conditions, which aren't imitated.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function evaluatePolicy(policyDocument: unknown, { action, resource }: Access): 'allowed' | 'denied' {
  const effects = parsePolicy(policyDocument)
    .filter(({ names }) => names(action, resource))
    .map(({ effect }) => effect);
  return effects.includes('Allow') && !effects.includes('Deny') ? 'allowed' : 'denied';
}

function parsePolicy(policy: unknown): readonly Statement[] {
  if (!isRecord(policy)) throw new MalformedError('policyDocument is not an object');
  if (!VERSIONS.includes(policy.Version)) throw new MalformedError('Version is not 2012-10-17');
  const statements = [policy.Statement].flat();
  if (statements.length === 0) throw new MalformedError('Statement is empty');
  return statements.map(parseStatement);
}

function parseStatement(statement: unknown): Statement {
  if (!isRecord(statement)) throw new MalformedError('Statement is not an object or a list of objects');
  const { Effect } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new MalformedError('Effect is not Allow or Deny');
  if ('Condition' in statement) throw new MalformedError('Condition is not imitated by this gateway');
  // Actions are matched in any case, resources exactly.
  const namesAction = parsePatterns(statement, 'Action', 'i');
  const namesResource = parsePatterns(statement, 'Resource', '');
  return {
    effect: Effect,
    names: (action, resource) => namesAction(action) && namesResource(resource),
  };
}

/** Reads `Action` or `NotAction`, `Resource` or `NotResource`: one pattern or several. */
function parsePatterns(
  statement: Readonly<Record<string, unknown>>,
  element: 'Action' | 'Resource',
  flags: 'i' | '',
): (text: string) => boolean {
  const negated = `Not${element}` in statement;
  if (negated === element in statement) {
    throw new MalformedError(`Statement needs either ${element} or Not${element}`);
  }
  const patterns = [statement[negated ? `Not${element}` : element]].flat();
  if (patterns.length === 0 || !patterns.every((pattern) => typeof pattern === 'string')) {
    throw new MalformedError(`${element} is not a text or a list of texts`);
  }
  const expressions = patterns.map((pattern) => wildcards(pattern, flags));
  return (text) => expressions.some((expression) => expression.test(text)) !== negated;
}

/** `*` is any text, `?` any one character. */
function wildcards(pattern: string, flags: string): RegExp {
  const escaped = pattern.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, `${flags}s`);
}
