import { isDeepStrictEqual } from 'node:util';
import type { Frame } from '../harness/TestClient.ts';
import type { TextCase } from './textCase.ts';

/** The codes that a malformed frame may be answered with, as PROTOCOL.md has them, with their status. */
const documented = {
  invalid_json: 400,
  invalid_request: 400,
  unknown_action: 400,
  missing_target: 400,
  missing_data: 400,
  invalid_message_type: 400,
  other_meeting: 403,
  hosts_only: 403,
  target_not_found: 404,
  message_too_large: 413,
} as const;

/** A code that a malformed frame may be answered with. */
export type DocumentedCode = keyof typeof documented;

const actions = [
  'sendMessage',
  'join',
  'update',
  'history',
  'participants',
  'leave',
  'remove',
  'lock',
  'unlock',
  'ping',
];

/**
 * Compares replies with what PROTOCOL.md says of the frames they answer. It knows nothing of how the server reads a
 * frame: what is expected comes with each case.
 */
export class Judge {
  /** The first answer about a target that isn't there. Every other must be the same, wherever the target is. */
  #notFound: Frame | undefined;

  /** What is wrong with the reply to a case, if anything. */
  faultOf({ expected, requestId }: TextCase, reply: Frame): string | undefined {
    switch (expected.reply) {
      case 'ack':
        return (
          faultOfAck(reply, expected.sent) ??
          faultOfPlace(reply, expected.place) ??
          faultOfEcho(reply, requestId)
        );
      case 'error':
        return (
          this.#faultOfError(reply, expected.code, expected.namesActions) ?? faultOfEcho(reply, requestId)
        );
      case 'ack or error':
        if (reply.type === 'ack') return faultOfAck(reply, reply.sent);
        return isDocumented(reply.code)
          ? this.#faultOfError(reply, reply.code)
          : 'the code is not documented';
    }
  }

  #faultOfError(reply: Frame, code: DocumentedCode, namesActions = false): string | undefined {
    const { type, requestId: _, message, details, ...facts } = reply;
    if (type !== 'error') return 'no error';
    if (!isDeepStrictEqual(facts, { status: documented[code], code, retryable: false }))
      return `not ${documented[code]} ${code}`;
    if (typeof message !== 'string' || !/^\w.*\.$/.test(message)) return 'the message is no sentence';
    if (namesActions && !isDeepStrictEqual(details, { actions })) return 'details name no actions';
    if (code !== 'target_not_found') return undefined;
    this.#notFound ??= { ...reply, requestId: undefined };
    const isTheSame = isDeepStrictEqual({ ...reply, requestId: undefined }, this.#notFound);
    return isTheSame ? undefined : `another 404 than ${JSON.stringify(this.#notFound)}`;
  }
}

function faultOfAck(reply: Frame, sent: unknown): string | undefined {
  const { type, requestId: _, messageId, seq: __, ...counts } = reply;
  if (type !== 'ack') return 'no ack';
  if (typeof messageId !== 'string' || messageId === '') return 'the ack names no message';
  const isRight = isDeepStrictEqual(counts, { sent, failed: 0, stale: 0 });
  return isRight ? undefined : `the ack counts otherwise than sent ${sent}, and nothing else`;
}

function faultOfPlace({ seq }: Frame, place: 'logged' | 'not logged'): string | undefined {
  const isRight = place === 'logged' ? Number.isInteger(seq) && Number(seq) > 0 : seq === undefined;
  return isRight ? undefined : `the ack has seq ${seq}, but the message is ${place}`;
}

function faultOfEcho(reply: Frame, requestId: string | undefined): string | undefined {
  if (requestId === undefined) return 'requestId' in reply ? 'a requestId is echoed' : undefined;
  return reply.requestId === requestId ? undefined : 'the requestId is not echoed';
}

const isDocumented = (code: unknown): code is DocumentedCode => Object.hasOwn(documented, String(code));
