import { describe, expect, it } from 'vitest';
import { type Random, seededRandom, seedOfRun } from '../harness/random.ts';
import { type FakeMember, FakeMesh, type Fate } from './FakeMesh.ts';

const fateOf = (random: Random): Fate =>
  random.pick<Fate>([5, 20, 100, 500, 1500, 3000, 'lost', 'not-found', 'stale', 'lost']);

/** What happens to a meeting. */
const happenings: readonly ((mesh: FakeMesh, anyone: FakeMember, random: Random) => unknown)[] = [
  (mesh) => mesh.members.size < 4 && mesh.join(`p${mesh.joined}`),
  (mesh, anyone, random) => {
    if (mesh.members.size < 3) return;
    anyone.leave(random.pick(['left', 'connection-lost']));
    anyone.closeClient();
  },
  (_mesh, anyone) => anyone.loseSignalling(),
  (_mesh, anyone) => anyone.status === 'reconnecting' && anyone.welcome(),
  (mesh, _anyone, random) => mesh.network.open.length > 0 && mesh.network.cut(random.pick(mesh.network.open)),
  (mesh, _anyone, random) => mesh.network.open.length > 0 && mesh.network.cut(random.pick(mesh.network.open)),
  (mesh, _anyone, random) => mesh.pass(random.pick([10, 100, 1000])),
  (mesh) => mesh.pass(10_000, 50),
];

async function ride(seed: number): Promise<FakeMesh> {
  const random = seededRandom(seed);
  const mesh = new FakeMesh(random.next);
  await mesh.join('first');
  for (let times = 10 + random.below(30); times > 0; times--) {
    mesh.fates = Array.from({ length: 20 }, () => fateOf(random));
    await random.pick(happenings)(mesh, random.pick([...mesh.members.values()]), random);
  }
  mesh.fates = [];
  for (const member of mesh.members.values()) if (member.status === 'reconnecting') member.welcome();
  // The longest that anything waits for another try is 2 min.
  await mesh.pass(300_000, 100);
  return mesh;
}

const statesIn = (member: FakeMember) =>
  member.peers.peers.map(({ session, state }) => `${session} ${state}`).toSorted();

describe('storms', () => {
  const first = seedOfRun();
  it(`[PC3] [PC6] [PC9] [PC10] after any storm everyone is connected with everyone, once (SEED=${first})`, async () => {
    for (let seed = first; seed < first + Number(process.env.SEEDS ?? 60); seed++) {
      const mesh = await ride(seed);
      const names = [...mesh.members.keys()];
      for (const member of mesh.members.values()) {
        const expected = names.filter((name) => name !== member.name).map((name) => `${name} connected`);
        expect(statesIn(member), `SEED=${seed}: ${member.name}`).toEqual(expected.toSorted());
      }
      expect(mesh.network.open.length, `SEED=${seed}`).toBe(names.length ** 2 - names.length);
    }
  }, 120_000);
});
