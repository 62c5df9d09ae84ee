import { closeSync, openSync, writeSync } from 'node:fs';
import { hexBytes } from '../../fixtures/generate/craft/bytes';
import { lookup } from './names';
import { incompressible } from './payload';
import { Scene, type Host } from './scene';
import { Tls } from './tls';
import { Web } from './web';
import { Wire } from './wire';

/** Changed whenever the same arguments make another file, so that kept ones are made anew. */
export const GENERATOR_VERSION = 2;

/** The captures that are made here: what goes over the wire in them, for the report. */
export const TRAFFIC = {
  mixed: 'an office: TLS and HTTP visits with their lookups, single lookups, clocks, interactive sessions, scans, few downloads',
  downloads: 'a dozen clients fetch large files by HTTP over kept connections: programs, archives, images, films, and as many texts, most of them gzip-coded',
  'short-flows': 'a scan over many hosts (refused or not answered), and short HTTP exchanges, each on a connection of its own',
  dns: 'lookups and their answers over UDP: addresses, aliases, mail hosts, text, names that do not exist',
  elephant: 'one TLS connection that sends as fast as the line carries',
} as const;
export type Traffic = keyof typeof TRAFFIC;

/** Starts one story after the other for ever; `next` begins one and gives the microseconds until the next. */
function* forEver(next: () => number): Generator<number, void> {
  for (;;) yield next();
}

/** Keys in a terminal: small segments both ways. */
function* terminal(scene: Scene, client: Host, server: Host, pool: Uint8Array): Generator<number, void> {
  const connection = scene.connection(client, server, 22);
  yield* connection.open();
  yield* connection.say('server', 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u2\r\n');
  yield* connection.say('client', 'SSH-2.0-OpenSSH_9.6\r\n');
  for (let keys = scene.between(20, 400); keys > 0; keys--) {
    yield* connection.say('client', pool.subarray(keys, keys + 36));
    yield* connection.say('server', pool.subarray(keys, keys + 36 + scene.between(0, 20) * 16));
    yield scene.between(40_000, 600_000);
  }
  yield* connection.close();
}

function* clock(scene: Scene, client: Host, server: Host): Generator<number, void> {
  const port = scene.port(client);
  const message = hexBytes(`230a06ec 00000000 00000000 00000000 ${'00'.repeat(24)} ea5c1e00 00000000`);
  scene.datagram(client, port, server, 123, message);
  yield scene.between(2000, 40_000);
  message[0] = 0x24;
  message[1] = 2;
  scene.datagram(server, 123, client, port, message);
}

function office(scene: Scene, resolver: Host): void {
  const web = new Web(scene, 3_000_000, 11);
  const tls = new Tls(scene, 12);
  const pool = incompressible(4096, 13);
  scene.begin(forEver(() => {
    const { random } = scene;
    const six = random() < 0.15;
    const client = scene.client(scene.between(0, 400), six);
    const server = scene.server(Math.floor(20_000 * random() ** 2), six);
    const kind = random();
    if (kind < 0.42) scene.begin(lookup(scene, scene.client(scene.between(0, 400)), resolver));
    else if (kind < 0.74) {
      scene.begin(lookup(scene, client, six ? scene.client(1, true) : resolver));
      scene.begin(tls.visit(client, server, scene.between(1, 8), () => Math.floor(150 + 90_000 * random() ** 8)), 70_000);
    } else if (kind < 0.86) {
      scene.begin(lookup(scene, client, six ? scene.client(1, true) : resolver));
      scene.begin(web.visit(client, server, scene.between(1, 6), web.pageLength, 0.15, 25), 70_000);
    } else if (kind < 0.95) scene.begin(scene.connection(client, scene.server(scene.between(0, 120_000), six), oneOfPorts(scene)).unanswered(random() < 0.5));
    else if (kind < 0.975) scene.begin(clock(scene, client, server));
    else if (kind < 0.99) scene.begin(terminal(scene, client, server, pool));
    else scene.begin(web.visit(client, server, 1, web.downloadLength, 0.1, 25));
    return scene.between(200, 6000);
  }));
}

const oneOfPorts = (scene: Scene): number => [22, 23, 80, 135, 139, 443, 445, 1433, 3306, 3389, 5900, 8080, 8443][scene.between(0, 13)] as number;

const START: Readonly<Record<Traffic, (scene: Scene) => void>> = {
  mixed: (scene) => office(scene, scene.server(119_999)),
  downloads: (scene) => {
    const web = new Web(scene, 24_000_000, 21);
    for (let n = 0; n < 12; n++) {
      const client = scene.client(n);
      scene.begin(function* () {
        for (;;) {
          yield* web.visit(client, scene.server(scene.between(0, 40)), scene.between(2, 8), web.downloadLength, 0.5, 400);
          yield scene.between(20_000, 2_000_000);
        }
      }(), n * 3000);
    }
  },
  'short-flows': (scene) => {
    const web = new Web(scene, 4000, 31);
    let target = 0;
    scene.begin(forEver(() => {
      const client = scene.client(scene.between(0, 250));
      if (scene.random() < 0.6) scene.begin(scene.connection(client, scene.server(target++), oneOfPorts(scene)).unanswered(scene.random() < 0.8));
      else scene.begin(web.short(client, scene.server(scene.between(0, 5000))));
      return scene.between(20, 400);
    }));
  },
  dns: (scene) => {
    const resolvers = Array.from({ length: 4 }, (_, n) => scene.server(100_000 + n));
    scene.begin(forEver(() => {
      scene.begin(lookup(scene, scene.client(scene.between(0, 3000)), resolvers[scene.between(0, 4)] as Host));
      return scene.between(50, 900);
    }));
  },
  elephant: (scene) => scene.begin(new Tls(scene, 41).elephant(scene.client(1), scene.server(1))),
};

/** Writes `size` bytes of a capture, up to one packet more, to `sink`. The same arguments make the same bytes. @returns how many packets */
export function generate(traffic: Traffic, size: number, sink: (bytes: Uint8Array) => void): { packets: number; bytes: number } {
  const wire = new Wire(sink);
  const scene = new Scene(wire, 1);
  START[traffic](scene);
  scene.play(size);
  return { packets: wire.packets, bytes: wire.size };
}

/** `generate` into a file. @throws Error of node:fs */
export function generateFile(traffic: Traffic, size: number, path: string): { packets: number; bytes: number } {
  const file = openSync(path, 'w');
  try {
    return generate(traffic, size, (bytes) => {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    });
  } finally {
    closeSync(file);
  }
}
