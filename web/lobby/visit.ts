/** What is known of a visit before anything is entered, and what is remembered of it. */
export type Visit = {
  readonly name: string;
  readonly meetingId: string;
  readonly rememberDevice: (kind: 'microphone' | 'camera', deviceId: string) => void;
  /** Remembers the name, and puts the meeting into the page's address. */
  readonly onJoin: (entry: { readonly name: string; readonly meetingId: string }) => void;
};
