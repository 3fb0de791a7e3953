import { useMemo } from 'preact/hooks';

/** A stream of this track alone: the same as long as the track is. */
export const useTrackStream = (track: MediaStreamTrack | null): MediaStream | undefined =>
  useMemo(() => (track ? new MediaStream([track]) : undefined), [track]);
