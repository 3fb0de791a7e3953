import { expect, it } from 'vitest';
import { parseRouteSelectionExpression } from './routeSelection.ts';

it.for([
  ['$request.body.action', '{"action":"join"}', 'join'],
  ['$request.body.message.type', '{"message":{"type":"chat"}}', 'chat'],
  ['$request.body.list.0', '{"list":["first"]}', 'first'],
  ['$request.body.content-type', '{"content-type":"text"}', 'text'],
  [`\${request.body.action}`, '{"action":"join"}', 'join'],
  [`\${request.body.a}/\${request.body.b}`, '{"a":"x","b":"y"}', 'x/y'],
  [`\${request.body.a}/\${request.body.b}`, '{"a":"x"}', 'x/'],
  [`v1-\${request.body.a}!`, '{"a":"x"}', 'v1-x!'],
] as const)('%s selects from %s: %s', ([expression, body, expected]) => {
  expect(parseRouteSelectionExpression(expression)(body)).toBe(expected);
});

it.for([
  ['"text"', 'text'],
  ['""', ''],
  ['0', '0'],
  ['1.50', '1.5'],
  ['false', 'false'],
  ['null', ''],
  ['[1,"2"]', '[1,"2"]'],
  ['{ "a": 1 }', '{"a":1}'],
])('turns %s into the string "%s"', ([value, expected]) => {
  expect(parseRouteSelectionExpression('$request.body.action')(`{"action":${value}}`)).toBe(expected);
});

it.for(['', 'hello', '{', '{action:"join"}', 'null', '1', '"action"', '[]', '{}', '{"a":{"action":"join"}}'])(
  'selects nothing from %s',
  (body) => {
    expect(parseRouteSelectionExpression('$request.body.action')(body)).toBe('');
  },
);

it.for(['toString', 'constructor.name', '__proto__', 'text.length'])(
  'finds no %s that nobody sent',
  (path) => {
    expect(parseRouteSelectionExpression(`$request.body.${path}`)('{"text":"hello"}')).toBe('');
  },
);

it('finds what was sent under a name that every object has', () => {
  expect(parseRouteSelectionExpression('$request.body.__proto__')('{"__proto__":"mine"}')).toBe('mine');
});

it.for([`\${request.body.other}`, '$request.body.other', '$&', '$1'])(
  'takes the value %s as it is, and evaluates it no further',
  (value) => {
    const select = parseRouteSelectionExpression(`[\${request.body.action}]`);

    expect(select(JSON.stringify({ action: value, other: 'x' }))).toBe(`[${value}]`);
  },
);

it('selects the same from message to message', () => {
  const select = parseRouteSelectionExpression('$request.body.action');

  expect([1, 2, 3].map(() => select('{"action":"join"}'))).toEqual(['join', 'join', 'join']);
});

it.for([
  '',
  'action',
  'request.body.action',
  '$request.body',
  '$request.body.',
  '$request.header.a',
  '$default',
])('is refused when it is "%s"', (expression) => {
  expect(() => parseRouteSelectionExpression(expression)).toThrow(
    `"${expression}" is no route selection expression`,
  );
});

it('selects nothing by a value that nests too deep to be compared, and does not fall over it', () => {
  const action = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
  expect(parseRouteSelectionExpression('$request.body.action')(`{"action":${action}}`)).toBe('');
});
