import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtFunctions } from './builds.ts';

/** How many bytes of each function's bundle come from which part. */
export type BundleContents = {
  readonly functionName: string;
  readonly bytesByPart: Readonly<Record<string, number>>;
};

/** Reads what the build noted of each bundle's inputs. */
export function bundleContents(root: string): readonly BundleContents[] {
  return builtFunctions(root).map((functionName) => {
    const inputs = join(root, `dist/.inputs/lambda-${functionName}-index.mjs.json`);
    const bytesByInput = JSON.parse(readFileSync(inputs, 'utf8')) as Record<string, number>;
    const bytesByPart: Record<string, number> = {};
    for (const [input, bytes] of Object.entries(bytesByInput)) {
      const part = partOf(input);
      bytesByPart[part] = (bytesByPart[part] ?? 0) + bytes;
    }
    return { functionName, bytesByPart };
  });
}

function partOf(input: string): string {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
  if (!name) return 'ours';
  const known = parts.find(([, pattern]) => pattern.test(name) || pattern.test(input));
  return known ? known[0] : name;
}

/** Names of packages, or paths in them, by what they are for. */
const parts: readonly (readonly [string, RegExp])[] = [
  ['credentials (SSO, STS, files, metadata, …)', /credential-provider|nested-clients|token-providers/],
  ['event streams', /event-streams/],
  ['XML and CBOR', /xml-builder|cbor/],
  ['endpoint discovery', /endpoint-discovery|endpoint-cache|mnemonist|obliterator/],
  ['signatures', /signature-v4/],
  ['DynamoDB client', /client-dynamodb|lib-dynamodb|util-dynamodb|dynamodb-codec/],
  ['SQS client', /client-sqs|middleware-sdk-sqs/],
  ['SDK core', /@aws-sdk\/|@smithy\/|@aws\//],
];
