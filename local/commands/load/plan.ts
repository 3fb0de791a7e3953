import { ConfigError } from '../../../lambda/shared/variables.ts';
import { wholeOption } from '../options.ts';

/** What a load test does. */
export type LoadPlan = {
  readonly meetings: number;
  /** In each meeting, each with one connection. */
  readonly people: number;
  /** Messages a second, of all together. */
  readonly rate: number;
  readonly seconds: number;
  readonly type: string;
  /** Bytes of a message's `data`. */
  readonly size: number;
  /** Connections a second. */
  readonly ramp: number;
  /** How long is waited for what is under way after the last message. */
  readonly waitSeconds: number;
};

/** The options of a plan. */
export const planOptions = {
  meetings: { type: 'string', default: '10' },
  people: { type: 'string', default: '5' },
  rate: { type: 'string', default: '20' },
  seconds: { type: 'string', default: '30' },
  type: { type: 'string', default: 'chat' },
  size: { type: 'string', default: '200' },
  ramp: { type: 'string', default: '50' },
  wait: { type: 'string', default: '10' },
} as const;

const MAX_CONNECTIONS = 20_000;
/** For each message it is kept who has got it. */
const MAX_DELIVERIES = 200_000_000;

/** Reads a plan. Throws a {@link ConfigError} that says which option is wrong. */
export function planOf(values: Readonly<Record<keyof typeof planOptions, string>>): LoadPlan {
  const whole = (name: keyof typeof planOptions, min: number, max: number) =>
    wholeOption(`--${name}`, values[name], { min, max });
  const plan: LoadPlan = {
    meetings: whole('meetings', 1, MAX_CONNECTIONS),
    people: whole('people', 2, 500),
    rate: whole('rate', 1, 20_000),
    seconds: whole('seconds', 1, 86_400),
    type: values.type,
    size: whole('size', 32, 24_000),
    ramp: whole('ramp', 1, 500),
    waitSeconds: whole('wait', 1, 600),
  };
  if (plan.meetings * plan.people > MAX_CONNECTIONS) {
    throw new ConfigError(`--meetings times --people must be at most ${MAX_CONNECTIONS}.`);
  }
  if (messagesOf(plan) * plan.people > MAX_DELIVERIES) {
    throw new ConfigError(`--rate times --seconds times --people must be at most ${MAX_DELIVERIES}.`);
  }
  return plan;
}

/** How many messages are sent. */
export const messagesOf = ({ rate, seconds }: LoadPlan): number => rate * seconds;

/** How many connections are opened. */
export const connectionsOf = ({ meetings, people }: LoadPlan): number => meetings * people;
