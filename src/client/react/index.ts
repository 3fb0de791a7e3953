export type { Chat, ChatEntry, ChatOptions } from './Transcript.ts';
export { useChat } from './useChat.ts';
export { useClientState } from './useClientState.ts';
export { useMeetingClient } from './useMeetingClient.ts';
export { useParticipants } from './useParticipants.ts';
export { type PeersSource, usePeers } from './usePeers.ts';
