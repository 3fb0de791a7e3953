/** Before any test of a deployed stage: there must be one, named as a WebSocket URL. */
export default function setup(): void {
  const { GATEWAY_URL, PROBE_URL, MAX_WAIT_MINUTES = '0' } = process.env;
  if (GATEWAY_URL === undefined && PROBE_URL === undefined)
    throw new Error(
      'Set GATEWAY_URL to the WebSocket URL of a stage, such as wss://ID.execute-api.REGION.amazonaws.com/production.',
    );
  for (const [name, url] of Object.entries({ GATEWAY_URL, PROBE_URL })) {
    if (url !== undefined && !/^wss?:\/\//.test(url)) throw new Error(`${name} must begin with wss://.`);
  }
  if (!/^\d+$/.test(MAX_WAIT_MINUTES)) throw new Error('MAX_WAIT_MINUTES must be a whole number of minutes.');
}
