import { setTimeout as pause } from 'node:timers/promises';
import { type Random, seededRandom } from '../../test/harness/random.ts';
import type { RunningContestant } from '../fan-out/contestants.ts';
import { processorMsOf, residentBytesOf } from '../fan-out/processor.ts';
import { Attendee } from './Attendee.ts';
import { Tally } from './Tally.ts';

/** How much there is of everything, and for how long. */
export type SoakPlan = {
  readonly meetings: number;
  readonly people: number;
  /** Of all people together. */
  readonly messagesPerSecond: number;
  readonly cutsPerMinute: number;
  readonly seconds: number;
  readonly dataBytes: number;
  readonly joinsPerSecond: number;
  /** What figures are told by. */
  readonly intervalSeconds: number;
  readonly seed: number;
};

/** What was seen in one interval. */
export type Interval = {
  readonly sent: number;
  readonly shown: number;
  readonly latenciesMs: { readonly p50: number; readonly p99: number; readonly most: number };
  readonly cuts: number;
  /** At the end of it; undefined where the system doesn't tell. */
  readonly serverBytes: number | undefined;
  /** Processor time of the server. */
  readonly serverMs: number | undefined;
};

/** What a soak came to. */
export type SoakResult = {
  readonly intervals: readonly Interval[];
  readonly sent: number;
  readonly acked: number;
  /** Lines that were to be shown, of others and one's own. */
  readonly expected: number;
  readonly shown: number;
  /** People who were not shown exactly what was acked in their meeting, once each. */
  readonly wrong: number;
  readonly cuts: number;
  readonly cameBack: number;
  readonly recovered: number;
  readonly repeats: number;
  readonly duplicatesDropped: number;
  readonly histories: number;
  readonly refusals: number;
};

const TICK_MS = 10;
const OFFLINE_MS = 2000;
/** Of lines shown, one in so many is timed. */
const TIMED = 10;

/** Runs a soak on a server. Never resolves if those who have come never settle. */
export async function soak(server: RunningContestant, plan: SoakPlan): Promise<SoakResult> {
  const random = seededRandom(plan.seed);
  const gathered = new Gathering(server.pid);
  const attendees = await assemble(server.url, plan, { random, gathered });
  const meetings = Array.from({ length: plan.meetings }, () => new Tally());
  const noteAcked = () => {
    for (const [index, attendee] of attendees.entries()) {
      const meeting = meetings[index % plan.meetings];
      for (const [from, number] of attendee.takeAcked()) meeting?.add(from, number);
    }
  };
  const intervals: Interval[] = [];
  const load = loadOf(attendees, plan, random);
  gathered.take(load);
  const startedAtMs = performance.now();
  for (let second = 1; second <= plan.seconds; second++) {
    for (let tick = 1; tick <= 1000 / TICK_MS; tick++) {
      load.upTo(performance.now() - startedAtMs);
      await pause(startedAtMs + (second - 1) * 1000 + tick * TICK_MS - performance.now());
    }
    noteAcked();
    if (second % plan.intervalSeconds === 0) intervals.push(gathered.take(load));
  }
  // Who is settled may hear of what others say again when they come back: the second time all has been said.
  for (let times = 0; times < 2; times++) {
    await Promise.all(attendees.map(({ client }) => client.settled()));
    noteAcked();
  }
  return { ...judged(attendees, meetings), intervals, sent: load.sent, cuts: load.cuts };
}

/** Says and cuts what is to have been said and cut by a time: whether the server keeps up or not. */
function loadOf(attendees: readonly Attendee[], plan: SoakPlan, random: Random) {
  return {
    sent: 0,
    cuts: 0,
    upTo(elapsedMs: number): void {
      const seconds = elapsedMs / 1000;
      for (; this.sent < seconds * plan.messagesPerSecond; this.sent++) joined(attendees, random).say();
      for (; this.cuts < (seconds / 60) * plan.cutsPerMinute; this.cuts++) {
        joined(attendees, random).lose(random.below(OFFLINE_MS));
      }
    },
  };
}

/** Everybody comes, some a second, until all have joined. */
async function assemble(
  url: string,
  plan: SoakPlan,
  { random, gathered }: { random: Random; gathered: Gathering },
): Promise<readonly Attendee[]> {
  const attendees: Attendee[] = [];
  const all = plan.meetings * plan.people;
  while (attendees.length < all) {
    const number = attendees.length;
    const { dataBytes } = plan;
    attendees.push(
      new Attendee({
        ...{ url, number, random, dataBytes, meetingId: `meeting-${number % plan.meetings}` },
        nowMs: () => performance.now(),
        onLine: (latencyMs) => gathered.add(latencyMs),
      }),
    );
    if (attendees.length % 10 === 0) await pause(10_000 / plan.joinsPerSecond);
  }
  await Promise.all(attendees.map(({ client }) => client.settled()));
  return attendees;
}

/** Somebody who is there; away are few, and not for long. */
function joined(attendees: readonly Attendee[], random: Random): Attendee {
  for (;;) {
    const attendee = random.pick(attendees);
    if (attendee.client.isJoined) return attendee;
  }
}

function judged(attendees: readonly Attendee[], meetings: readonly Tally[]) {
  const sum = (of: (attendee: Attendee) => number) =>
    attendees.reduce((total, attendee) => total + of(attendee), 0);
  const meetingOf = (index: number) => meetings[index % meetings.length] as Tally;
  const comebacks = attendees.flatMap(({ client }) => client.welcomes.slice(1));
  return {
    acked: meetings.reduce((total, { count }) => total + count, 0),
    expected: attendees.reduce((total, _, index) => total + meetingOf(index).count, 0),
    shown: sum(({ shown }) => shown.count),
    wrong: attendees.filter(({ shown }, index) => !shown.equals(meetingOf(index))).length,
    cameBack: comebacks.length,
    recovered: comebacks.filter(({ welcome }) => welcome.log.recovered).length,
    repeats: sum(({ client }) => client.counts.repeated),
    duplicatesDropped: sum(({ client }) => client.counts.duplicates),
    histories: sum(({ client }) => client.counts.histories),
    refusals: sum(({ client }) => client.refusals.length),
  };
}

/** What is noted while an interval lasts. */
class Gathering {
  readonly #pid: number;
  #shown = 0;
  #latenciesMs: number[] = [];
  #before = { sent: 0, cuts: 0, serverMs: 0 };

  constructor(pid: number) {
    this.#pid = pid;
  }

  add(latencyMs: number): void {
    this.#shown += 1;
    if (this.#shown % TIMED === 0) this.#latenciesMs.push(latencyMs);
  }

  /** What was noted since the last time. */
  take({ sent, cuts }: { readonly sent: number; readonly cuts: number }): Interval {
    const sorted = Float64Array.from(this.#latenciesMs).sort();
    const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
    const serverMs = processorMsOf(this.#pid);
    const taken = {
      sent: sent - this.#before.sent,
      cuts: cuts - this.#before.cuts,
      shown: this.#shown,
      latenciesMs: { p50: at(0.5), p99: at(0.99), most: at(1) },
      serverBytes: residentBytesOf(this.#pid),
      serverMs: serverMs === undefined ? undefined : serverMs - this.#before.serverMs,
    };
    this.#before = { sent, cuts, serverMs: serverMs ?? 0 };
    this.#shown = 0;
    this.#latenciesMs = [];
    return taken;
  }
}
