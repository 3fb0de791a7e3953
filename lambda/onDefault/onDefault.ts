import { actions } from '../../src/protocol/actions.ts';
import { ProtocolError } from '../../src/protocol/errors.ts';
import { parseBody } from '../../src/protocol/request.ts';
import { type AdmitPorts, admit } from '../shared/admit.ts';
import type { MessageEvent } from '../shared/events.ts';
import { replying } from '../shared/replying.ts';

/** `$default`: answers whatever no route takes with what would be taken. */
export const createOnDefault = (backend: AdmitPorts) =>
  replying(backend, async (event: MessageEvent): Promise<never> => {
    await admit(event, backend);
    const { action } = parseNaming(event.body);
    const complaint = action === undefined ? 'The message has no action.' : 'There is no such action.';
    throw new ProtocolError('unknown_action', `${complaint} ${known}`, { details: { actions } });
  });

const known = `Actions: ${actions.join(', ')}.`;

/** Like any error of this route, one about the frame itself names the actions there are. */
function parseNaming(body: string): Readonly<Record<string, unknown>> {
  try {
    return parseBody(body);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError(error.code, `${error.message} ${known}`, { cause: error, details: { actions } });
  }
}
