import type { Connection, Meetings } from '../../src/meeting/ports.ts';
import type { WelcomeFrame } from '../../src/protocol/frames.ts';

type Method = Exclude<keyof Meetings, 'connectedBefore'>;

type CallOf<Name extends Method> = {
  readonly method: Name;
  readonly args: Parameters<Meetings[Name]>;
  /** By the history's own count. */
  readonly beganAt: number;
  /** Absent: never answered, or rejected. */
  answer?: { readonly at: number; readonly outcome: Awaited<ReturnType<Meetings[Name]>> };
  error?: unknown;
};

/** One call of {@link Meetings}, and what came of it. */
export type PortCall = { [Name in Method]: CallOf<Name> }[Method];

/** A call of one method, whether or not it was answered. */
export type CallTo<Name extends Method> = Extract<PortCall, { method: Name }>;

/** A welcome, and what it answered. */
export type Welcome = {
  readonly connection: Connection;
  readonly since: { readonly epoch: string; readonly seq: number } | undefined;
  readonly frame: WelcomeFrame;
};

/** All that was asked of a store during one run, with what it answered: what the checks are made on. */
export class History {
  readonly calls: PortCall[] = [];
  readonly welcomes: Welcome[] = [];
  /** Clients' words on what they did, for whoever reads a failure. */
  readonly notes: { readonly at: number; readonly text: string }[] = [];
  /** What was sent live, whatever became of it. */
  readonly sends: { readonly at: number; readonly to: readonly string[]; readonly text: string }[] = [];
  /** When everybody's process died at once. */
  readonly crashes: number[] = [];
  #count = 0;

  /** The next moment. */
  stamp(): number {
    return ++this.#count;
  }

  note(text: string): void {
    this.notes.push({ at: this.stamp(), text });
  }

  /** All calls of a method. */
  to<Name extends Method>(method: Name): readonly CallTo<Name>[] {
    return this.calls.filter((call): call is CallTo<Name> => call.method === method);
  }

  /** A store whose calls are recorded here; each waits for a turn first. */
  recording(meetings: Meetings, turn: () => Promise<void>): Meetings {
    return new Proxy(meetings, {
      get: (target, name) => {
        const method = Reflect.get(target, name, target);
        if (name === 'connectedBefore') return method.bind(target);
        return async (...args: unknown[]) => {
          await turn();
          const call = { method: name, args, beganAt: this.stamp() } as unknown as PortCall;
          this.calls.push(call);
          try {
            const outcome = await method.apply(target, args);
            call.answer = { at: this.stamp(), outcome };
            return outcome;
          } catch (error) {
            call.error = error;
            throw error;
          }
        };
      },
    });
  }

  /** All of it in the order in which it began, as text. */
  toString(): string {
    const calls = this.calls.map((call) => ({ at: call.beganAt, text: describeCall(call) }));
    return [...calls, ...this.notes]
      .sort((a, b) => a.at - b.at)
      .map(({ at, text }) => `${String(at).padStart(4)} ${text}`)
      .join('\n');
  }
}

function describeCall({ method, args, answer, error }: PortCall): string {
  const given = args.map((arg) => brief(arg)).join(', ');
  const end = answer
    ? `→ ${brief(answer.outcome)} at ${answer.at}`
    : error
      ? `→ ${String(error)}`
      : '→ never';
  return `${method}(${given}) ${end}`;
}

/** A connection by its id, everything else as JSON. */
function brief(value: unknown): string {
  const text = JSON.stringify(value, (_, inner) =>
    inner && typeof inner === 'object' && 'connectedAtMs' in inner ? `<${inner.connectionId}>` : inner,
  );
  return (text ?? 'undefined').slice(0, 400);
}
