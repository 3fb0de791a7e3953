import { CallView } from './call/CallView.tsx';
import { Ended } from './lobby/Ended.tsx';
import { Joining } from './lobby/Joining.tsx';
import { Lobby } from './lobby/Lobby.tsx';
import type { Visit } from './lobby/visit.ts';
import type { MeetingPage } from './meeting/MeetingPage.ts';

/** The page in whichever phase it is. */
export function App({ page, visit }: { readonly page: MeetingPage; readonly visit: Visit }) {
  const phase = page.phase.value;
  switch (phase.kind) {
    case 'lobby':
      return <Lobby page={page} visit={visit} />;
    case 'joining':
      return <Joining call={phase.call} notice={phase.notice} onCancel={() => void page.leave()} />;
    case 'call':
      return (
        <CallView call={phase.call} devices={page.devices} visit={visit} onLeave={() => void page.leave()} />
      );
    case 'ended':
      return (
        <Ended
          ending={phase.ending}
          onRejoin={() => void page.rejoin()}
          onBack={() => void page.backToStart()}
        />
      );
  }
}
