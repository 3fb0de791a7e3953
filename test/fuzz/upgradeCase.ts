import type { UpgradeRequest } from '../harness/RawClient.ts';
import type { Random } from '../harness/random.ts';

/** An upgrade request and its answer. */
export type UpgradeCase = {
  /** Text is sent as it stands. */
  readonly request: UpgradeRequest | string;
  readonly statusCode: number;
  /** The code in the body, where the backend itself refuses. */
  readonly code?: string;
  /** The version that the answer must name instead. RFC 6455 section 4.4. */
  readonly version?: string;
  /** What the message in the body must name. */
  readonly named?: string;
};

/** Makes a case for this stage by chance. The query is that of a participant of the pair's meeting. */
export type MakeUpgradeCase = (random: Random, scene: UpgradeScene) => UpgradeCase;

/** Where to, and as whom. */
export type UpgradeScene = {
  /** The path of the stage. */
  readonly path: string;
  readonly host: string;
  readonly query: Readonly<Record<'meetingId' | 'userId' | 'userName', string>>;
  readonly number: number;
};
