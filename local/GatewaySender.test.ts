import { connectionSenderContract } from '../test/contracts/connectionSender.ts';
import { startRecordingGateway } from '../test/harness/recordingGateway.ts';
import { GatewaySender } from './GatewaySender.ts';

connectionSenderContract('gateway in process', async () => {
  const { gateway, connect } = await startRecordingGateway();
  return { sender: new GatewaySender(() => gateway), connect };
});
