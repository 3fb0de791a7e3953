/** How tiles are laid out: all of one size, in rows of `columns`. Sizes in CSS pixels. */
export type Grid = {
  readonly columns: number;
  readonly rows: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
};

/** The room there is for so many tiles; sizes in CSS pixels. */
export type Room = {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly gap: number;
};

const WIDEST = 16 / 9;
/** People are cropped less in wide tiles, but a phone held upright has no room for them. */
const narrowestIn = ({ width, height }: Room) => (width >= height ? 4 / 3 : 3 / 4);

/** Lays tiles out so that they are as large as the room allows, between 16:9 and 4:3 (3:4 in an upright room). */
export function gridOf(room: Room): Grid {
  const choices = Array.from({ length: Math.max(1, room.count) }, (_, index) =>
    gridOfColumns(room, index + 1),
  );
  return choices.reduce((best, grid) => (areaOf(grid) > areaOf(best) * 1.01 ? grid : best));
}

function gridOfColumns(room: Room, columns: number): Grid {
  const { count, width, height, gap } = room;
  const rows = Math.max(1, Math.ceil(count / columns));
  const cellWidth = Math.max(0, (width - gap * (columns - 1)) / columns);
  const cellHeight = Math.max(0, (height - gap * (rows - 1)) / rows);
  return {
    ...{ columns, rows },
    tileWidth: Math.floor(Math.min(cellWidth, cellHeight * WIDEST)),
    tileHeight: Math.floor(Math.min(cellHeight, cellWidth / narrowestIn(room))),
  };
}

const areaOf = ({ tileWidth, tileHeight }: Grid) => tileWidth * tileHeight;
