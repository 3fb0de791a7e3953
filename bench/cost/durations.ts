// How long functions run can't be counted, only measured. These are of this repository's own harness, not of Lambda, and the
// first place to look if a bill differs.

/**
 * Milliseconds of a whole processor that a post takes: measured on 2026-11-28 under 0.29 of a processor, over HTTPS, on a machine
 * with other work (`npm run bench:posts`).
 */
const CPU_MS_PER_POST = 0.35;
/**
 * The same for a call of DynamoDB, and for everything else: measured on 2026-11-28 under 0.29 of a processor in the eleven first
 * invocations of a process (`npm run bench:lambda`): onDefault 2.8 ms with one call, onConnect 6.6 with two, sendMessage 7.3 with
 * three and a post, join 26.7 with twelve. A process that lives longer takes less.
 */
const CPU_MS_PER_CALL = 2.1;
const CPU_MS_PER_INVOCATION = 1;
/** Milliseconds that DynamoDB takes for an answer, one call after the other. An assumption: here it is on the same machine. */
const DYNAMODB_WAIT_MS = 5;
/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MB_OF_ONE_PROCESSOR = 1769;

/** How long an invocation is billed for, in milliseconds. Posts wait for one another's answers, hence only work counts. */
export function billedMs(
  { calls, posts }: { readonly calls: number; readonly posts: number },
  memoryMb: number,
): number {
  const cpuMs = CPU_MS_PER_INVOCATION + CPU_MS_PER_CALL * calls + CPU_MS_PER_POST * posts;
  return cpuMs / Math.min(1, memoryMb / MB_OF_ONE_PROCESSOR) + calls * DYNAMODB_WAIT_MS;
}
