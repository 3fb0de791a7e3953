import * as v from 'valibot';
import { faultOfData } from './data.ts';
import { protocolLimits } from './limits.ts';
import type { Attributes } from './participants.ts';

const rule = `must be a JSON object of at most ${protocolLimits.attributesBytes} bytes`;

const isObject = (value: unknown): value is Attributes =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Accepts what a connection tells of itself: a JSON object of at most 2 KB that can be relayed as it was sent. */
export const attributes = v.pipe(
  v.custom<Attributes>(isObject, rule),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const message = faultOfData(dataset.value) ?? faultOfSize(dataset.value);
    if (message !== undefined) addIssue({ message });
  }),
);

function faultOfSize(value: Attributes): string | undefined {
  const bytes = new TextEncoder().encode(JSON.stringify(value)).length;
  return bytes > protocolLimits.attributesBytes ? `${rule}, and has ${bytes}` : undefined;
}
