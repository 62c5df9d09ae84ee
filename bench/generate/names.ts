import { address, cat, u16 } from '../../fixtures/generate/craft/bytes';
import { dnsMessage, dnsName, question, QUESTION, record, strings } from '../../fixtures/generate/craft/dns';
import { hostName, oneOf } from './payload';
import type { Host, Scene } from './scene';

const A = 1;
const CNAME = 5;
const PTR = 12;
const MX = 15;
const TXT = 16;
const AAAA = 28;
const HTTPS = 65;
/** What is asked, about as often as resolvers see it. */
const TYPES = [A, A, A, A, A, AAAA, AAAA, AAAA, HTTPS, HTTPS, PTR, MX, TXT];
const SOA = cat(dnsName('ns1.nic.example'), dnsName('hostmaster.nic.example'), Buffer.alloc(20, 1));

function answers(scene: Scene, name: string, type: number): Buffer[] {
  const v4 = (): Buffer => Buffer.of(198, 18 + scene.between(0, 2), scene.between(0, 256), scene.between(1, 255));
  const ttl = oneOf(scene.random, [30, 60, 300, 3600, 86400]);
  switch (type) {
    case A: {
      const list = Array.from({ length: scene.between(1, 5) }, v4);
      if (scene.random() >= 0.35) return list.map((ip) => record(QUESTION, A, ip, ttl));
      const alias = dnsName(`edge-${scene.between(0, 900)}.cdn.example`);
      return [record(QUESTION, CNAME, alias, 3600), ...list.map((ip) => record(alias, A, ip, ttl))];
    }
    case AAAA: return scene.random() < 0.5 ? [] : [record(QUESTION, AAAA, address(`2001:db8:f:${scene.between(0, 65_536).toString(16)}::${scene.between(1, 65_536).toString(16)}`), ttl)];
    case PTR: return [record(QUESTION, PTR, dnsName(hostName(scene.random)), ttl)];
    case MX: return [record(QUESTION, MX, cat(u16(10), dnsName(`mx1.${name}`)), ttl), record(QUESTION, MX, cat(u16(20), dnsName(`mx2.${name}`)), ttl)];
    case TXT: return [record(QUESTION, TXT, strings('v=spf1 include:_spf.example ~all'), ttl)];
    default: return [];
  }
}

/** One question to a resolver and its answer: addresses, aliases, nothing (NXDOMAIN), or no answer at all. */
export function* lookup(scene: Scene, client: Host, resolver: Host, name = hostName(scene.random), type = oneOf(scene.random, TYPES)): Generator<number, void> {
  const asked = type === PTR ? `${scene.between(1, 255)}.${scene.between(0, 256)}.18.198.in-addr.arpa` : name;
  const port = scene.between(1024, 65_535);
  const id = scene.between(0, 65_536);
  const questions = [question(asked, type)];
  scene.datagram(client, port, resolver, 53, dnsMessage({ id, questions }));
  yield scene.between(300, 60_000);
  const luck = scene.random();
  if (luck < 0.01) return;
  if (luck < 0.08) scene.datagram(resolver, 53, client, port, dnsMessage({ id, flags: 0x8183, questions, authorities: [record(dnsName('example'), 6, SOA, 900)] }));
  else scene.datagram(resolver, 53, client, port, dnsMessage({ id, flags: 0x8180, questions, answers: answers(scene, asked, type) }));
}
