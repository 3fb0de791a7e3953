import { setImmediate } from 'node:timers/promises';
import { RawClient } from '../harness/RawClient.ts';
import type { Random } from '../harness/random.ts';
import { opcodes, type RawFrame } from '../harness/rawFrames.ts';
import { TestClient } from '../harness/TestClient.ts';
import { between, randomOfCase } from './chance.ts';
import type { FramePlan } from './frameCases.ts';
import { inParallel, inTime, type Run, shown } from './run.ts';

const CONNECTIONS_AT_ONCE = 12;
const MEETING_ID = 'raw';

/** Plays each case on a connection of its own, in a meeting with a witness who may get nothing of all that. */
export async function playFrames(run: Run, plans: readonly FramePlan[]): Promise<void> {
  const witness = await TestClient.connect(`${run.url}?meetingId=${MEETING_ID}&userId=witness`);
  await inParallel(plans, CONNECTIONS_AT_ONCE, (plan) => playFrame(run, plan));
  const noMessage = await witness.request({ action: 'sendMessage', meetingId: MEETING_ID });
  if (noMessage.code !== 'missing_data' || witness.unread.length > 0)
    throw new Error(`The witness in ${MEETING_ID} got ${shown([noMessage, ...witness.unread])}`);
}

async function playFrame(run: Run, plan: FramePlan): Promise<void> {
  const random = randomOfCase(run.seed, plan.number);
  const { bytes, code } = plan.make(random);
  const fail = (actual: string) =>
    run.failure(plan, { sent: bytes, expected: `close frame with ${code}`, actual });
  run.sending(plan);
  const client = await RawClient.open(`${run.url}?meetingId=${MEETING_ID}&userId=user-${plan.number}`);
  await sendInPieces(client, bytes, random);
  const last = await inTime(lastFrame(client), () => fail('nothing'));
  client.destroy();
  if (!last) throw fail('the socket closed without a close frame');
  if (last.opcode !== opcodes.close) throw fail(`a frame: ${last.payload}`);
  const actual = last.payload.length < 2 ? 1005 : last.payload.readUInt16BE(0);
  if (actual !== code) throw fail(`closed with ${actual}`);
  run.pass(plan);
}

/** TCP cuts where it likes: in the middle of a header, or of a character. */
async function sendInPieces(client: RawClient, bytes: Buffer, random: Random): Promise<void> {
  let start = 0;
  for (let pieces = random.below(3); pieces > 0; pieces--) {
    const end = between(random, start, Math.min(bytes.length, start + 20));
    client.sendBytes(bytes.subarray(start, end));
    await setImmediate();
    start = end;
  }
  client.sendBytes(bytes.subarray(start));
}

/** The first frame that is neither the answer to a ping nor one of those that the server sends every few seconds. */
async function lastFrame(client: RawClient): Promise<RawFrame | undefined> {
  for (;;) {
    const frame = await client.nextFrame();
    if (frame?.opcode !== opcodes.ping && frame?.opcode !== opcodes.pong) return frame;
  }
}
