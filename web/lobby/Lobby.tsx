import { useState } from 'preact/hooks';
import { deviceNotice } from '../meeting/failures.ts';
import type { MeetingPage } from '../meeting/MeetingPage.ts';
import { texts } from '../texts.ts';
import { NoticeCard } from '../ui/NoticeCard.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { DeviceSelects } from './DeviceSelect.tsx';
import { LobbyForm } from './LobbyForm.tsx';
import { Preview } from './Preview.tsx';
import type { Visit } from './visit.ts';

/** Where one chooses name and meeting, and sees oneself before joining. */
export function Lobby({ page, visit }: { readonly page: MeetingPage; readonly visit: Visit }) {
  const { devices, identity, obstacle } = page;
  const [name, setName] = useState(visit.name);
  useShortcuts({ m: () => void devices.microphone.toggle(), v: () => void devices.camera.toggle() });
  return (
    <main class="lobby">
      <section class="lobby-picture" aria-label={texts.preview}>
        <Preview
          devices={devices}
          level={page.ownLevel}
          name={identity.source === 'token' ? (identity.name ?? '') : name}
        />
        <DeviceNotices devices={devices} />
      </section>
      <section class="lobby-entry">
        <p class="brand">{texts.product}</p>
        <h1>{texts.lobbyHeading}</h1>
        <p class="lobby-intro">{texts.lobbyIntro}</p>
        {obstacle ? (
          <NoticeCard notice={obstacle} />
        ) : (
          <LobbyForm page={page} visit={visit} name={name} onName={setName} />
        )}
        <DeviceSelects devices={devices} onChoose={visit.rememberDevice} />
      </section>
    </main>
  );
}

function DeviceNotices({ devices }: { readonly devices: MeetingPage['devices'] }) {
  const [microphone, camera] = [devices.microphone, devices.camera].map(({ state: { value } }) =>
    value.status === 'failed' ? value.problem : undefined,
  );
  if (microphone && microphone === camera) return <NoticeCard notice={deviceNotice('both', microphone)} />;
  return (
    <>
      {microphone && <NoticeCard notice={deviceNotice('microphone', microphone)} />}
      {camera && <NoticeCard notice={deviceNotice('camera', camera)} />}
    </>
  );
}
