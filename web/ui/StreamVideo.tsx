import { useEffect, useRef } from 'preact/hooks';

/** Shows a stream's picture. Its sound is played elsewhere, whether or not the picture is shown. */
export function StreamVideo(props: {
  readonly stream: MediaStream | undefined;
  readonly className?: string;
  readonly label: string;
}) {
  const { stream, className, label } = props;
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = ref.current;
    if (!video || video.srcObject === (stream ?? null)) return;
    video.srcObject = stream ?? null;
    // Browsers that hold it back start it with the next touch of the page.
    if (stream) void video.play().catch(() => {});
  }, [stream]);
  return <video ref={ref} class={className} aria-label={label} muted autoplay playsInline />;
}
