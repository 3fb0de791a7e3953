import { table } from '../markdown.ts';
import type { Estimate, Item, Kind } from './estimate.ts';
import { PRICES_OF } from './prices.ts';

/** What an estimate was made of, beside the kind of meeting. */
export type Basis = { readonly region: string; readonly countedOn: string };

/** An estimate in Markdown: where the money of one meeting goes, and a month of them. */
export function reportOf(
  kind: Kind,
  { items, perMeeting, fixedItems, perMonth }: Estimate,
  basis: Basis,
): string {
  const share = ({ dollars }: Item) => `${((100 * dollars) / perMeeting).toFixed(1)} %`;
  const row = (one: Item) => [one.service, one.what, amountOf(one.amount), dollarsOf(one.dollars)];
  const meetings = kind.meetingsPerMonth.toLocaleString('en');
  return [
    `${kind.people} people for ${kind.minutes} minutes, with ${kind.chatsPerMinute} chats a minute, ${kind.signals.toLocaleString('en')} signals and ${kind.updatesPerPerson} updates a person, in ${basis.region}:`,
    table(
      ['of one meeting', '', 'amount', '$', 'share'],
      [
        ...items.map((one) => [...row(one), share(one)]),
        ['**one meeting**', '', '', `**${dollarsOf(perMeeting)}**`, ''],
      ],
    ),
    table(
      ['of a month', '', 'amount', '$'],
      [
        ['meetings', '', meetings, dollarsOf(perMeeting * kind.meetingsPerMonth)],
        ...fixedItems.map(row),
        ['**a month**', '', '', `**${dollarsOf(perMonth)}**`],
      ],
    ),
    `Calls and units as counted on ${basis.countedOn}, list prices of ${PRICES_OF}, no free tier.`,
  ].join('\n\n');
}

function amountOf(amount: number): string {
  return amount >= 100 ? Math.round(amount).toLocaleString('en') : String(Number(amount.toPrecision(2)));
}

function dollarsOf(dollars: number): string {
  return dollars >= 1
    ? dollars.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
    : dollars.toFixed(5);
}
