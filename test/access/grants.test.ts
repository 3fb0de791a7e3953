import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deployedFunctions } from '../../infra/deployedFunctions.ts';
import { grantedCalls } from '../harness/CallRecord.ts';

// Runs when all other tests of `npm run test:lambda` have. A call that isn't granted fails the test that made it.

/** What is granted and no test makes a function call, as `FUNCTION: ACTION on RESOURCE`, and why it's granted. */
const unusedInTests: Readonly<Record<string, string>> = {};

const called = new Set(readFileSync(process.env.CALL_RECORD ?? '', 'utf8').split('\n'));

describe('infra/deployedFunctions.ts', () => {
  it.each(Object.entries(deployedFunctions))(
    'grants %s nothing that it never calls, but for a reason',
    (name, deployed) => {
      const granted = grantedCalls(deployed).map((call) => `${name}: ${call}`);
      const reasoned = Object.keys(unusedInTests).filter((line) => line.startsWith(`${name}: `));
      expect(granted.filter((line) => !called.has(line))).toEqual(reasoned);
    },
  );
});
