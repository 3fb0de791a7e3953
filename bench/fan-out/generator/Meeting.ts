import type { LoadJob } from './job.ts';
import { MessageTemplate, sentAtMs } from './MessageTemplate.ts';
import { openAll, type RawConnection } from './RawConnection.ts';

/** As many recipients of a meeting are asked for latencies. */
const SAMPLED_RECIPIENTS = 10;

/** One sender and its recipients. A message counts as done when its deliveries are there, and the next one follows. */
export class Meeting {
  readonly id: string;
  readonly #job: LoadJob;
  readonly #template: MessageTemplate;
  readonly #latenciesMs: number[];
  readonly #recipients: RawConnection[] = [];
  #sender: RawConnection | undefined;
  #isSending = false;
  #answers = 0;
  sent = 0;
  refusals = 0;
  firstRefusal: string | undefined;
  /** Text frames that have begun to arrive at recipients. */
  delivered = 0;
  deliveredBytes = 0;

  /** Latencies are added to a list that all meetings share. */
  constructor(job: LoadJob, number: number, latenciesMs: number[]) {
    this.id = `meeting-${process.pid}-${number}`;
    this.#job = job;
    this.#latenciesMs = latenciesMs;
    this.#template = new MessageTemplate(job, this.id, 'recipient-0');
  }

  async open(): Promise<void> {
    const { url, protocol, recipients } = this.#job;
    const common = { url, protocol, meetingId: this.id };
    const onRead = ({ bytes, texts }: { readonly bytes: number; readonly texts: number }) => {
      this.deliveredBytes += bytes;
      this.delivered += texts;
      this.#sendMore();
    };
    const members = Array.from({ length: recipients }, (_, index) => ({
      ...{ ...common, userId: `recipient-${index}`, onRead },
    }));
    this.#recipients.push(...(await openAll(members)));
    const [sender] = await openAll([{ ...common, userId: 'sender', onRead: this.#onAnswers }]);
    if (!sender) throw new Error('no sender');
    sender.reader.onText = (chunk, start, end) => this.#onAnswer(chunk.toString('latin1', start, end));
    this.#sender = sender;
    this.#sample();
  }

  start(): void {
    this.#isSending = true;
    this.#sendMore();
  }

  stop(): void {
    this.#isSending = false;
  }

  close(): void {
    for (const connection of this.#all()) connection.close();
  }

  /** Deliveries that what was sent ought to come to. */
  get expected(): number {
    return this.sent * this.#deliveriesPerMessage;
  }

  get acks(): number {
    return this.#answers - this.refusals;
  }

  get closedEarly(): number {
    return this.#all().filter(({ isClosed }) => isClosed).length;
  }

  get #deliveriesPerMessage(): number {
    return this.#job.target === 'user' ? 1 : this.#job.recipients;
  }

  #all(): RawConnection[] {
    return this.#sender ? [this.#sender, ...this.#recipients] : this.#recipients;
  }

  #sendMore(): void {
    if (!this.#isSending) return;
    const done = Math.floor(this.delivered / this.#deliveriesPerMessage);
    const frames: Buffer[] = [];
    while (this.sent - done < this.#job.inFlight) {
      frames.push(this.#template.next(performance.now()));
      this.sent++;
    }
    const [only] = frames;
    if (only) this.#sender?.write(frames.length === 1 ? only : Buffer.concat(frames));
  }

  #sample(): void {
    const step = Math.ceil(this.#recipients.length / SAMPLED_RECIPIENTS);
    for (let index = 0; index < this.#recipients.length; index += step) {
      const reader = this.#recipients[index]?.reader;
      if (!reader) continue;
      reader.onText = (chunk, start, end) => {
        if (reader.texts % this.#job.inFlight > 0) return;
        const sentMs = sentAtMs(chunk, start, end);
        if (sentMs !== undefined) this.#latenciesMs.push(performance.now() - sentMs);
      };
    }
  }

  #onAnswers = ({ texts }: { readonly texts: number }): void => {
    this.#answers += texts;
  };

  #onAnswer(text: string): void {
    if (text.startsWith('{"type":"ack"')) return;
    this.refusals++;
    this.firstRefusal ??= text.slice(0, 300);
  }
}
