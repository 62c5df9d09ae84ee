import { describe, expect, it } from 'vitest';
import { extractIndicators, type CaptureInput } from '../../../web/indicators/index';
import type { Indicator, Role } from '../../../web/indicators/types';
import { C2, CaptureBuilder, CERT_SHA1, EVIL, incident, SHA_EXE, T0, VICTIM } from '../../support/incident';

const find = (indicators: readonly Indicator[], key: string): Indicator => {
  const indicator = indicators.find((one) => one.key === key);
  if (!indicator) throw new Error(`${key} is not among ${indicators.map((one) => one.key).join(', ')}`);
  return indicator;
};
const roles = (indicator: Indicator): Role[] => indicator.sightings.map((sighting) => sighting.role).sort();

describe('extracting indicators from an incident', () => {
  const indicators = extractIndicators([incident().build()]);

  it('gives every kind that the logs yield, normalised', () => {
    const keys = indicators.map((indicator) => indicator.key);
    expect(keys).toEqual(expect.arrayContaining([
      `ipv4-addr:${EVIL}`, 'domain-name:lure.evil-site.com', 'url:http://lure.evil-site.com/img/pic.jpg', `file:${SHA_EXE}`, `x509-certificate:${CERT_SHA1}`,
      `ja3:${'5'.repeat(32)}`, `ja3s:${'6'.repeat(32)}`, 'ja4:t12d1516h2_8daaf6152771_e5627efa2ab1', 'email-addr:root@c2-server.net', 'domain-name:c2-server.net',
      'user-agent:Windows-Update-Agent/10.0',
    ]));
    expect(keys.filter((key) => key.includes(VICTIM) || key.includes('10.7.10.1'))).toEqual([]);
  });

  it('keeps what was observed apart from what was mentioned, role by role', () => {
    const domain = find(indicators, 'domain-name:lure.evil-site.com');
    expect(roles(domain)).toEqual(['DNS::IN_REQUEST', 'HTTP::IN_HOST_HEADER', 'HTTP::IN_REFERRER_HEADER']);
    const observed = Object.fromEntries(domain.sightings.map((sighting) => [sighting.role, sighting.observed]));
    // The victim then went to the answered address, so the query counts as observed.
    expect(observed).toEqual({ 'DNS::IN_REQUEST': true, 'HTTP::IN_HOST_HEADER': true, 'HTTP::IN_REFERRER_HEADER': false });
    expect(find(indicators, 'domain-name:c2-server.net').sightings.every((sighting) => !sighting.observed)).toBe(true);
  });

  it('says when, how often, how much, by whom and in which packets', () => {
    const c2 = find(indicators, `ipv4-addr:${C2}`).sightings.find((sighting) => sighting.role === 'Conn::IN_RESP');
    expect(c2).toMatchObject({ observed: true, capture: 'e'.repeat(64), first_seen: T0 + 10e6, last_seen: T0 + (10 + 11 * 60) * 1e6 + 100_000, count: 12, orig_bytes: 12 * 900, resp_bytes: 12 * 400, orig_pkts: 72, resp_pkts: 84, hosts: [VICTIM] });
    expect(c2?.pkts).toHaveLength(12);
    expect(c2?.uids[0]).toMatch(/^C\d+$/);
    expect(c2?.community_ids).toHaveLength(12);
    // A repeated certificate stands once in x509; its sightings come from the chains.
    expect(find(indicators, `x509-certificate:${CERT_SHA1}`).sightings[0]?.count).toBe(12);
  });

  it('ties names, addresses, URLs and files together', () => {
    expect(find(indicators, 'domain-name:lure.evil-site.com').related).toContainEqual({ key: `ipv4-addr:${EVIL}`, relation: 'resolves-to' });
    expect(find(indicators, `file:${SHA_EXE}`).related).toContainEqual({ key: 'url:http://lure.evil-site.com/img/pic.jpg', relation: 'served-from' });
    expect(find(indicators, `file:${SHA_EXE}`).file).toMatchObject({ names: ['pic.jpg'], md5: '2'.repeat(32), mime_type: 'application/x-dosexec', size: 48_128 });
  });
});

describe('oddities of the wire', () => {
  it('takes a query that nobody followed as mentioned, and addresses in answers as mentioned', () => {
    const b = new CaptureBuilder();
    b.dns(0, VICTIM, 'only-asked.org', ['93.184.216.34']);
    const indicators = extractIndicators([b.build()]);
    expect(find(indicators, 'domain-name:only-asked.org').sightings.map((s) => s.observed)).toEqual([false]);
    expect(find(indicators, 'ipv4-addr:93.184.216.34').sightings.map((s) => [s.role, s.observed])).toEqual([['DNS::IN_RESPONSE', false]]);
  });

  it('normalises hosts, ports, IDN, proxies\' absolute URIs and CONNECT', () => {
    const b = new CaptureBuilder();
    b.http(0, VICTIM, EVIL, { host: 'BÜCHER.example.', uri: '/a/../b?x=1#frag' });
    b.http(1, VICTIM, EVIL, { host: 'site.test', uri: '/x', 'id.resp_p': 8080 });
    b.http(2, VICTIM, '10.7.10.9', { host: 'proxy.lan', uri: 'http://Behind.Proxy.org:80/y', 'id.resp_p': 3128 });
    b.http(3, VICTIM, '10.7.10.9', { method: 'CONNECT', uri: 'tunnel.example.org:443', 'id.resp_p': 3128 });
    b.http(4, VICTIM, EVIL, { uri: '/no-host' });
    const keys = extractIndicators([b.build()]).map((indicator) => indicator.key);
    expect(keys).toEqual(expect.arrayContaining([
      'domain-name:xn--bcher-kva.example', 'url:http://xn--bcher-kva.example/b?x=1', 'url:http://site.test:8080/x', 'url:http://behind.proxy.org/y',
      'domain-name:behind.proxy.org', 'hostname:proxy.lan', 'domain-name:tunnel.example.org', `url:http://${EVIL}/no-host`,
    ]));
  });

  it('knows host names of a network from domains, NetBIOS names and Active Directory', () => {
    const b = new CaptureBuilder();
    b.dns(0, VICTIM, '_ldap._tcp.dc._msdcs.acme-corp.com', []);
    b.dns(1, VICTIM, 'dc01.acme-corp.com', ['10.7.10.2']);
    b.dns(2, VICTIM, '47.10.7.10.in-addr.arpa', ['ws47.acme-corp.com'], { qtype: 12 });
    b.dns(3, VICTIM, 'FILESRV', [], { 'id.resp_p': 137, qtype: 32 });
    const keys = extractIndicators([b.build()]).map((indicator) => indicator.key);
    expect(keys).toEqual(expect.arrayContaining(['hostname:dc01.acme-corp.com', 'hostname:ws47.acme-corp.com', 'hostname:filesrv']));
    expect(keys.some((key) => key.includes('in-addr.arpa'))).toBe(false);
  });

  it('takes only whole bodies as files, and accounts from basic authentication', () => {
    const b = new CaptureBuilder();
    b.body(b.http(0, VICTIM, EVIL, { host: 'h.org', uri: '/cut.bin', username: 'Ann@acme-corp.com' }), { sha256: SHA_EXE, missing_bytes: 10 });
    b.body(b.http(1, VICTIM, EVIL, { host: 'h.org', uri: '/bomb.bin' }), { sha256: SHA_EXE, extracted_note: 'too large' });
    const keys = extractIndicators([b.build()]).map((indicator) => indicator.key);
    expect(keys.filter((key) => key.startsWith('file:'))).toEqual([]);
    expect(keys).toEqual(expect.arrayContaining(['user-account:Ann@acme-corp.com', 'email-addr:ann@acme-corp.com']));
  });

  it('folds the names of a DNS tunnel into its domain, and says so', () => {
    const b = new CaptureBuilder();
    for (let i = 0; i < 600; i++) b.dns(i, VICTIM, `x${i}.tunnel-site.com`, []);
    const indicators = extractIndicators([b.build()]);
    expect(indicators.filter((one) => one.value.endsWith('tunnel-site.com')).length).toBe(257);
    const parent = find(indicators, 'domain-name:tunnel-site.com').sightings[0];
    expect(parent?.count).toBe(600 - 256);
    expect(parent?.pkts).toHaveLength(64);
  });

  it('counts one value in two captures as two sightings', () => {
    const other = incident().build('f'.repeat(64));
    const indicators = extractIndicators([incident().build(), other]);
    const captures = new Set(find(indicators, `file:${SHA_EXE}`).sightings.map((sighting) => sighting.capture));
    expect(captures).toEqual(new Set(['e'.repeat(64), 'f'.repeat(64)]));
  });

  it('takes the user\'s networks as ours', () => {
    const b = new CaptureBuilder();
    b.flow(0, '198.18.0.5', EVIL, 80);
    const one = (input: CaptureInput, localNetworks: readonly string[]): readonly string[] => find(extractIndicators([input], { localNetworks }), `ipv4-addr:${EVIL}`).sightings[0]?.hosts ?? [];
    expect(one(b.build(), [])).toEqual([]);
    expect(one(b.build(), ['198.18.0.0/15'])).toEqual(['198.18.0.5']);
  });

  it('is nothing for empty tables', () => {
    expect(extractIndicators([new CaptureBuilder().build(), { tables: new Map(), sha256: '', name: '' }])).toEqual([]);
  });
});
