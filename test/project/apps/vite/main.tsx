import { type MeetingClient, MeetingError } from 'cloudmeetx/client';
import { createMeetingPeers, type MeetingPeers } from 'cloudmeetx/peers';
import { useChat, useClientState, useMeetingClient, useParticipants, usePeers } from 'cloudmeetx/react';
import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

/** Where to meet, which the build puts in. */
const url: string = import.meta.env.VITE_MEETING_URL;

/** As whom: Alice, unless the page's address says somebody else. */
const userName = globalThis.location?.hash.slice(1) || 'Alice';

/** The mesh over a client, where there is WebRTC. */
function useMesh(client: MeetingClient | undefined): MeetingPeers | undefined {
  const [mesh, setMesh] = useState<MeetingPeers>();
  useEffect(() => {
    if (!client || !('RTCPeerConnection' in globalThis)) return;
    const made = createMeetingPeers({ client });
    setMesh(made);
    return () => made.close();
  }, [client]);
  return mesh;
}

function Meeting() {
  const client = useMeetingClient({ url, meetingId: 'standup', userId: userName.toLowerCase(), userName });
  const state = useClientState(client);
  const names = useParticipants(client).map(({ userName }) => userName);
  const peers = usePeers(useMesh(client)).map((peer) => `${peer.userId} ${peer.state}`);
  const { entries } = useChat(client);
  const [refusal, setRefusal] = useState('');
  const signalNobody = () =>
    client?.signal({ session: 'nobody' }, 'hello').catch((error: unknown) => {
      if (error instanceof MeetingError) setRefusal(error.code);
    });
  return (
    <>
      <p>{[state.status, ...names, ...peers, refusal].filter(Boolean).join(' ')}</p>
      {entries.map(({ seq, from, data }) => (
        <li key={seq}>
          {from.userName}: {String(data)}
        </li>
      ))}
      <button type="button" onClick={() => client?.sendChat('Hello from Vite')}>
        Say hello
      </button>
      <button type="button" onClick={signalNobody}>
        Signal nobody
      </button>
    </>
  );
}

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <Meeting />
    </StrictMode>,
  );
