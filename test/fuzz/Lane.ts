import { type Frame, TestClient } from '../harness/TestClient.ts';
import { randomOfCase } from './chance.ts';
import type { Judge } from './judge.ts';
import { inTime, type Numbered, type Run, shown } from './run.ts';
import type { Scene, TextCase } from './textCase.ts';
import type { TextPlan } from './textCases.ts';

type NumberedCase = TextCase & Numbered;

const FRAME_BYTES = 32_768;
/** Larger frames wait for their reply, lest the witness be cut off for reading slower than they come. */
const PIPELINED_BYTES = 4096;
const PIPELINE_DEPTH = 32;

/** A connection that sends frames, right and wrong, in a meeting with a witness who sees what gets through. */
export class Lane {
  readonly #run: Run;
  readonly #judge: Judge;
  readonly #sender: TestClient;
  readonly #witness: TestClient;
  readonly #scene: Scene;
  #inFlight: readonly NumberedCase[] = [];
  #delivered = 0;

  private constructor(
    { run, judge }: { run: Run; judge: Judge },
    { sender, witness }: { sender: TestClient; witness: TestClient },
    scene: Scene,
  ) {
    this.#run = run;
    this.#judge = judge;
    this.#sender = sender;
    this.#witness = witness;
    this.#scene = scene;
  }

  /** Connects the sender and the witness. */
  static async open(run: Run, judge: Judge, lane: number): Promise<Lane> {
    const meetingId = `fuzz-${lane}`;
    const connect = (userId: string) =>
      TestClient.connect(`${run.url}?meetingId=${meetingId}&userId=${userId}`);
    const clients = { witness: await connect('witness'), sender: await connect('mallory') };
    await clients.witness.request({ action: 'sendMessage', meetingId, data: 'hello' });
    const { connectionId } = (await clients.sender.next()).from as Record<string, string>;
    const witness = { userId: 'witness', connectionId: String(connectionId) };
    return new Lane({ run, judge }, clients, { meetingId, witness, elsewhere: run.pair });
  }

  /** Sends all of these and checks each reply, and in the end that the witness got what was acked and no more. */
  async play(plans: readonly TextPlan[]): Promise<void> {
    const cases = plans.map((plan) => ({
      ...plan,
      ...plan.make(randomOfCase(this.#run.seed, plan.number), this.#scene, plan.number),
    }));
    const cutOff = this.#sender.closed.then(({ code }) => Promise.reject(this.#stuck(`closed with ${code}`)));
    await Promise.race([this.#playAll(cases), cutOff]);
  }

  async #playAll(cases: readonly NumberedCase[]): Promise<void> {
    for (const batch of batches(cases)) await this.#playBatch(batch);
    await this.#checkWitness();
  }

  async #playBatch(batch: readonly NumberedCase[]): Promise<void> {
    this.#inFlight = batch;
    for (const one of batch) {
      this.#run.sending(one);
      sendFrames(this.#sender, one);
    }
    const waiting = new Map(batch.map((one) => [one.requestId, one]));
    for (let left = batch.length; left > 0; left--) {
      const reply = await inTime(this.#sender.next(), () => this.#stuck('nothing'));
      const [first] = batch;
      const answered = batch.length === 1 ? first : waiting.get(reply.requestId as string);
      if (!answered) throw this.#stuck(reply);
      waiting.delete(answered.requestId);
      this.#inFlight = [...waiting.values()];
      this.#check(answered, reply);
    }
  }

  #check(one: NumberedCase, reply: Frame): void {
    const fault = this.#judge.faultOf(one, reply);
    if (fault) {
      const { text: sent, expected, requestId } = one;
      const actual = `${fault}: ${JSON.stringify(reply)}`;
      throw this.#run.failure(one, { sent, expected: { ...expected, requestId }, actual });
    }
    if (reply.type === 'ack') this.#delivered += Number(reply.sent);
    this.#run.pass(one);
  }

  #stuck(actual: unknown): Error {
    const [first] = this.#inFlight;
    const { text, number, kind, expected } = first ?? { number: -1, kind: 'none', text: '', expected: {} };
    return this.#run.failure({ number, kind }, { sent: text, expected, actual });
  }

  async #checkWitness(): Promise<void> {
    const { meetingId } = this.#scene;
    await this.#sender.request({ action: 'sendMessage', meetingId, data: 'the end' });
    for (let left = this.#delivered; left > 0; left--) {
      const frame = await inTime(this.#witness.next(), () => this.#leaked('less than was acked', left));
      if (!isMessage(frame)) throw this.#leaked('what is no message', frame);
    }
    const last = await inTime(this.#witness.next(), () => this.#leaked('less than was acked', 1));
    const more = this.#witness.unread;
    if (last.data !== 'the end' || more.length > 0) throw this.#leaked('more than was acked', more);
  }

  #leaked(what: string, evidence: unknown): Error {
    const { meetingId } = this.#scene;
    return new Error(`The witness in ${meetingId} got ${what}: ${shown(evidence)}`);
  }
}

/** Replies that name their requests may be waited for together; the others are waited for one by one. */
function batches(cases: readonly NumberedCase[]): NumberedCase[][] {
  const isNamed = ({ requestId, text }: TextCase) => requestId !== undefined && text.length < PIPELINED_BYTES;
  const named = cases.filter(isNamed);
  const starts = named.map((_, index) => index).filter((index) => index % PIPELINE_DEPTH === 0);
  return [
    ...starts.map((start) => named.slice(start, start + PIPELINE_DEPTH)),
    ...cases.filter((one) => !isNamed(one)).map((one) => [one]),
  ].sort(([a], [b]) => (a?.number ?? 0) - (b?.number ?? 0));
}

/** Sends one message in as few frames as it may have, or in as many as its case says. */
function sendFrames({ socket }: TestClient, { text, fragmentBytes = FRAME_BYTES }: TextCase): void {
  const payload = Buffer.from(text);
  let start = 0;
  do {
    const end = start + fragmentBytes;
    socket.send(payload.subarray(start, end), { binary: false, fin: end >= payload.length });
    start = end;
  } while (start < payload.length);
}

const messageKeys = new Set(['type', 'from', 'data', 'timestamp', 'messageId', 'to', 'clientSeq', 'seq']);
const serverTypes = new Set(['ack', 'error', 'welcome', 'pong', 'history', 'participants', 'bye', 'void']);

/** Whether a frame is what another participant may send: from the sender of this lane, and nothing in it the server's. */
function isMessage(frame: Frame): boolean {
  const { userId } = frame.from as Record<string, unknown>;
  return (
    userId === 'mallory' &&
    Object.keys(frame).every((key) => messageKeys.has(key)) &&
    // A chat to the meeting is logged, and nothing else.
    'seq' in frame === (frame.type === 'chat' && !('to' in frame)) &&
    /^[A-Za-z][A-Za-z0-9._:-]{0,63}$/.test(String(frame.type)) &&
    !serverTypes.has(String(frame.type))
  );
}
