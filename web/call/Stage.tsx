import { useRef } from 'preact/hooks';
import type { Devices } from '../devices/Devices.ts';
import type { Call } from '../meeting/Call.ts';
import { gridOf } from '../meeting/gridOf.ts';
import type { Person } from '../meeting/people.ts';
import { texts } from '../texts.ts';
import { useSize } from '../ui/useSize.ts';
import { Tile } from './Tile.tsx';

const GAP = 10;

/** Everybody, in tiles; or the screens that are shared, large, with everybody in a strip. */
export function Stage({ call, devices }: { readonly call: Call; readonly devices: Devices }) {
  const { screens, tiles } = call.tiles.value;
  return (
    <div class={screens.length > 0 ? 'stage with-screens' : 'stage'}>
      {screens.length > 0 && <TileGrid people={screens} devices={devices} />}
      {screens.length > 0 ? (
        <div class="strip">
          {tiles.map((person) => (
            <Tile key={person.key} person={person} devices={devices} />
          ))}
        </div>
      ) : (
        <TileGrid people={tiles} devices={devices} />
      )}
      {call.people.value.length === 1 && <p class="alone">{texts.alone}</p>}
    </div>
  );
}

function TileGrid({ people, devices }: { readonly people: readonly Person[]; readonly devices: Devices }) {
  const ref = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(ref);
  const { columns, tileWidth, tileHeight } = gridOf({ count: people.length, width, height, gap: GAP });
  const sizes = {
    '--tile-width': `${tileWidth}px`,
    '--tile-height': `${tileHeight}px`,
    '--row-width': `${columns * tileWidth + (columns - 1) * GAP}px`,
    '--gap': `${GAP}px`,
  };
  return (
    <div class="grid-room" ref={ref}>
      <div class="grid" style={sizes}>
        {people.map((person) => (
          <Tile key={person.key} person={person} devices={devices} />
        ))}
      </div>
    </div>
  );
}
