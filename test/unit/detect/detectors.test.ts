import { describe, expect, it } from 'vitest';
import { analyseCase } from '../../../web/detect/analyse';
import type { Finding } from '../../../web/detect/index';
import { DETECTORS } from '../../../web/detect/index';
import { looksGenerated } from '../../../web/detect/dns-dga';
import { covers } from '../../../web/detect/certificate';
import { readAgent } from '../../../web/detect/agents';
import { BROWSER, C2, CaptureBuilder, EVIL, incident, T0, VICTIM } from '../../support/incident';

const S0 = 0;
const SF = 2;
const REJ = 3;
const findings = (b: CaptureBuilder, detector: string): Finding[] => analyseCase([b.build()]).findings.filter((finding) => finding.detector === detector);
const random = (seed: number): (() => number) => () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
const word = (next: () => number, length: number, alphabet = 'bcdfghjklmnpqrstvwxz0123456789'): string => Array.from({ length }, () => alphabet[Math.floor(next() * alphabet.length)]).join('');

describe('beacon', () => {
  it('sees a rhythm with jitter and a pause', () => {
    const b = new CaptureBuilder();
    const next = random(7);
    let at = 0;
    for (let i = 0; i < 20; i++) { at += 60 + (next() - 0.5) * 12 + (i === 9 ? 400 : 0); b.flow(at, VICTIM, C2, 8443, { orig_bytes: 300 + Math.floor(next() * 20) }); }
    const [finding] = findings(b, 'beacon');
    expect(finding?.title).toMatch(/^91\.200\.12\.77 was contacted by 10\.7\.10\.47 20 times, every (5\d|6\d) s give or take \d+ %, with like sizes$/);
    expect(finding?.technique).toBe('T1071.001');
  });

  it('sees regular HTTP requests over one kept-open flow and names the URL', () => {
    const b = new CaptureBuilder();
    const first = b.http(0, VICTIM, EVIL, { host: 'c2.org', uri: '/gate.php?id=0', method: 'POST' });
    for (let i = 1; i < 12; i++) b.logs.http.push({ ...first, ts: T0 + i * 30e6, uri: `/gate.php?id=${i}` });
    expect(findings(b, 'beacon')[0]?.reasons.map((one) => one.indicator)).toEqual([`ipv4-addr:${EVIL}`, 'domain-name:c2.org', 'url:http://c2.org/gate.php']);
  });

  it('leaves a person\'s browsing, time servers and few contacts alone', () => {
    const b = new CaptureBuilder();
    const next = random(3);
    let at = 0;
    for (let i = 0; i < 60; i++) { at += next() ** 3 * 300; b.flow(at, VICTIM, EVIL, 443, { orig_bytes: Math.floor(next() * 5000) }); }
    for (let i = 0; i < 40; i++) b.flow(i * 64, VICTIM, C2, 123, { proto: 2 });
    for (let i = 0; i < 7; i++) b.flow(i * 60, VICTIM, '9.9.9.9', 443);
    expect(findings(b, 'beacon')).toEqual([]);
  });
});

describe('scan', () => {
  it('sees a sweep and a port scan, and makes the private scanner an indicator', () => {
    const b = new CaptureBuilder();
    for (let i = 1; i <= 30; i++) b.flow(i * 0.1, '10.7.10.66', `10.7.10.${i}`, 445, { conn_state: i % 5 ? S0 : REJ });
    for (let i = 1; i <= 40; i++) b.flow(10 + i * 0.1, '203.0.113.9', VICTIM, i, { conn_state: REJ });
    const { findings: found, indicators } = analyseCase([b.build()]);
    expect(found.filter((one) => one.detector === 'scan').map((one) => [one.inputs['direction'], one.technique])).toEqual([['horizontal', 'T1046'], ['vertical', 'T1595.001']]);
    const inside = indicators.find((indicator) => indicator.key === 'ipv4-addr:10.7.10.66');
    expect(inside?.severity).toBe('medium');
    expect(inside?.reasons[0]?.text).toBe('tried port 445 on 30 addresses within 3.0 s; 30 of 30 attempts came to nothing');
    expect(indicators.some((indicator) => indicator.key === 'ipv4-addr:203.0.113.9')).toBe(true);
    expect(indicators.some((indicator) => indicator.key === 'ipv4-addr:10.7.10.5')).toBe(false);
  });

  it('leaves a client of many servers alone', () => {
    const b = new CaptureBuilder();
    for (let i = 1; i <= 60; i++) b.flow(i, VICTIM, `93.184.216.${i}`, 443, { conn_state: i % 10 ? SF : S0 });
    expect(findings(b, 'scan')).toEqual([]);
  });
});

describe('lateral movement', () => {
  it('sees administration of neighbours after contact outside, not before and not to servers', () => {
    const b = incident();
    b.flow(0.5, VICTIM, '10.7.10.20', 445);
    for (const client of ['10.7.10.31', '10.7.10.32', '10.7.10.33', VICTIM]) b.flow(100, client, '10.7.10.2', 445);
    b.flow(200, VICTIM, '10.7.10.20', 445);
    b.flow(210, VICTIM, '10.7.10.21', 445, { conn_state: REJ });
    expect(findings(b, 'lateral-movement')).toEqual([]);
    b.flow(220, VICTIM, '10.7.10.22', 445);
    b.flow(225, VICTIM, '10.7.10.23', 445);
    const [finding] = findings(b, 'lateral-movement');
    expect(finding).toMatchObject({ severity: 'high', technique: 'T1021.002', hosts: [VICTIM, '10.7.10.22', '10.7.10.23'] });
    const indicator = analyseCase([b.build()]).indicators.find((one) => one.key === `ipv4-addr:${VICTIM}`);
    expect(indicator?.severity).toMatch(/medium|high/);
  });

  it('takes it as ordinary without that contact', () => {
    const b = new CaptureBuilder();
    for (let i = 20; i < 25; i++) b.flow(i, VICTIM, `10.7.10.${i}`, 3389);
    expect(findings(b, 'lateral-movement')).toEqual([]);
  });
});

describe('DNS', () => {
  it('sees a tunnel in long names and data records', () => {
    const b = new CaptureBuilder();
    const next = random(11);
    for (let i = 0; i < 60; i++) b.dns(i, VICTIM, `${word(next, 40)}.${word(next, 12)}.t.tunnel-host.net`, [], { qtype: 16 });
    for (let i = 0; i < 60; i++) b.dns(i, VICTIM, `host${i}.cdn-farm.com`, ['93.184.216.34']);
    const found = findings(b, 'dns-tunnel');
    expect(found.map((one) => one.reasons[0]?.indicator)).toEqual(['domain-name:tunnel-host.net']);
    expect(found[0]?.severity).toBe('high');
    expect(analyseCase([b.build()]).indicators[0]).toMatchObject({ key: 'domain-name:tunnel-host.net', severity: 'high', sightings: [{ role: 'DNS::IN_REQUEST', count: 60, observed: true, hosts: [VICTIM, '10.7.10.1'] }] });
  });

  it('sees generated domains and the one among them that exists', () => {
    const b = new CaptureBuilder();
    const next = random(5);
    for (let i = 0; i < 15; i++) b.dns(i, VICTIM, `${word(next, 14)}.biz`, [], { rcode: 3 });
    b.dns(16, VICTIM, 'xkqzvbn7wq2jh4.biz', [C2]);
    b.dns(17, VICTIM, 'wikipedia.org', ['91.198.174.192']);
    const [finding] = findings(b, 'dns-dga');
    expect(finding?.title).toMatch(/^10\.7\.10\.47 asked for 15 random-looking domains that do not exist/);
    expect(finding?.reasons.find((one) => one.indicator === 'domain-name:xkqzvbn7wq2jh4.biz')?.reason.points).toBeGreaterThan(30);
    const typos = new CaptureBuilder();
    for (let i = 0; i < 15; i++) typos.dns(i, VICTIM, `${['printer', 'companysite', 'holiday', 'reservation'][i % 4]}${'s'.repeat(i % 3)}.com`, [], { rcode: 3 });
    expect(findings(typos, 'dns-dga')).toEqual([]);
  });

  it.each([['microsoft', false], ['stackoverflow', false], ['millsborochamber', false], ['xjkqwzpvtrb', true], ['a8f3k2l9q0zx', true]])('%s looks generated: %s', (label, expected) => {
    expect(looksGenerated(label)).toBe(expected);
  });

  it('counts fast flux as weak', () => {
    const b = new CaptureBuilder();
    for (let i = 0; i < 8; i++) b.dns(i * 60, VICTIM, 'flux.biz', [`${50 + i * 7}.${i * 9}.1.2`], { TTLs: [60e6] });
    expect(findings(b, 'dns-flux')[0]?.reasons[0]?.reason.points).toBeLessThanOrEqual(15);
  });
});

describe('certificates and names', () => {
  it('lists what is odd of a certificate, each as a weak reason', () => {
    const [finding] = findings(incident(), 'certificate');
    expect(finding?.title).toBe('The certificate of 91.200.12.77 is self-signed; it had expired on 2023-11-14');
    expect(Math.max(...(finding?.reasons ?? []).map((one) => one.reason.points))).toBeLessThan(20);
  });

  it.each([['a.example.com', 'a.example.com', true], ['*.example.com', 'a.example.com', true], ['*.example.com', 'example.com', false], ['*.example.com', 'a.b.example.com', false]])('%s covers %s: %s', (name, host, expected) => {
    expect(covers(name, host)).toBe(expected);
  });

  it('sees TLS and HTTP to bare addresses, but not to resolved ones', () => {
    const b = incident();
    b.http(5, VICTIM, '45.33.32.156', { host: '45.33.32.156', uri: '/x' });
    const titles = findings(b, 'bare-address').map((finding) => finding.title);
    expect(titles).toEqual(['45.33.32.156 was asked for web pages by its number, without a name (1×)', '91.200.12.77 was spoken to in TLS without any name (12×)']);
  });
});

describe('the rest', () => {
  it('sees uploads, odd ports, odd programs, odd names and credentials', () => {
    const b = new CaptureBuilder();
    b.flow(0, VICTIM, C2, 4444, { orig_bytes: 50_000_000, resp_bytes: 10_000, service: 'ssl' });
    b.http(1, VICTIM, EVIL, { host: 'panel.top', uri: '/login?user=ann&password=hunter22', user_agent: 'Mozila/5.0', username: 'ann', 'id.resp_p': 8899 });
    const { findings: found, indicators } = analyseCase([b.build()]);
    expect(new Set(found.map((finding) => finding.detector))).toEqual(new Set(['upload', 'odd-port', 'user-agent', 'odd-name', 'cleartext-credentials']));
    expect(indicators.find((one) => one.key === `ipv4-addr:${C2}`)?.reasons[0]?.text).toBe('was sent 50.0 MB by 10.7.10.47, which got 10.0 KB back');
    expect(indicators.find((one) => one.key === 'user-account:ann')?.reasons[0]?.text).toBe('its password went to panel.top in the clear');
    expect(indicators.find((one) => one.key === 'domain-name:panel.top')?.severity).toMatch(/low|medium/);
  });

  it('sees ARP spoofing and names the attacker by the address that was its own', () => {
    const b = new CaptureBuilder();
    const [router, attacker] = ['00:11:22:33:44:01', '00:aa:bb:cc:dd:66'];
    const say = (i: number, operation: number, orig: string, mac: string, resp: string): void => { b.logs.arp.push({ ts: T0 + i * 1e6, pkt: i + 1, operation, orig_h: orig, orig_hw: mac, resp_h: resp, resp_hw: '00:11:22:33:44:47' }); };
    say(0, 1, '10.7.10.66', attacker, '10.7.10.1');
    say(1, 2, '10.7.10.1', router, '10.7.10.66');
    for (let i = 0; i < 10; i++) say(20 + i * 2, 2, '10.7.10.1', attacker, VICTIM);
    b.flow(2, '10.7.10.66', VICTIM, 80);
    b.flow(3, VICTIM, '10.7.10.1', 80);
    const { findings: found, indicators } = analyseCase([b.build()]);
    expect(found.find((one) => one.detector === 'arp-spoofing')?.title).toBe('00:aa:bb:cc:dd:66 claimed 10.7.10.1, which is 00:11:22:33:44:01\'s, 10 times, 10 of them unasked');
    expect(indicators.find((one) => one.key === 'ipv4-addr:10.7.10.66')?.severity).toBe('medium');
  });

  it('is little sure of ARP spoofing by owners that were never near each other in time', () => {
    const claims = (days: number): Finding[] => {
      const b = new CaptureBuilder();
      const say = (i: number, at: number, mac: string): void => { b.logs.arp.push({ ts: T0 + at * 1e6, pkt: i + 1, operation: 2, orig_h: '10.7.10.1', orig_hw: mac, resp_h: VICTIM, resp_hw: '00:11:22:33:44:47' }); };
      for (let i = 0; i < 20; i++) say(i, i, '00:11:22:33:44:01');
      for (let i = 0; i < 20; i++) say(20 + i, days * 86_400 + 20 + i, '00:aa:bb:cc:dd:66');
      // Another network's traffic, taken up once more.
      for (let i = 0; i < 20; i++) say(40 + i, 2 * days * 86_400 + 40 + i, '00:11:22:33:44:01');
      return findings(b, 'arp-spoofing');
    };
    expect(claims(0)).toMatchObject([{ confidence: 75 }]);
    const [found] = claims(1000);
    expect(found).toMatchObject({ confidence: 15, title: '00:aa:bb:cc:dd:66 claimed 10.7.10.1, which is 00:11:22:33:44:01\'s, 20 times, 20 of them unasked; 1000 days apart, as where a capture joins several networks' });
    // Weak: by itself it never makes an indicator high.
    expect(found?.reasons.every(({ reason }) => reason.points < 30)).toBe(true);
  });

  it('takes a moved address and a virtual router as ordinary', () => {
    const b = new CaptureBuilder();
    for (let i = 0; i < 10; i++) b.logs.arp.push({ ts: T0 + i * 1e6, pkt: i + 1, operation: 1, orig_h: '10.7.10.5', orig_hw: i < 5 ? '00:11:22:33:44:05' : '00:11:22:33:44:06', resp_h: '10.7.10.1', resp_hw: '00:00:00:00:00:00' });
    for (let i = 0; i < 10; i++) b.logs.arp.push({ ts: T0 + i * 1e6, pkt: 20 + i, operation: 2, orig_h: '10.7.10.1', orig_hw: i % 2 ? '00:00:5e:00:01:0a' : '00:11:22:33:44:01', resp_h: VICTIM, resp_hw: '00:11:22:33:44:47' });
    expect(findings(b, 'arp-spoofing')).toEqual([]);
  });

  it('reads user agents', () => {
    expect(readAgent(BROWSER)).toMatchObject({ browser: true, odd: '' });
    expect(readAgent('curl/8.1')).toMatchObject({ browser: false, name: 'curl', odd: '' });
    expect(readAgent('Windows-Update-Agent/10.0').system).toBe(true);
    expect(readAgent('vBKbaQgjyvRRbcgfvlsc').odd).not.toBe('');
  });

  it('does not call an update host\'s address anything when the name fits it, and does when the name is forged', () => {
    const honest = incident();
    const address = (b: CaptureBuilder): string[] => analyseCase([b.build()]).indicators.filter((one) => one.kind === 'ipv4-addr' && one.score > 0).map((one) => one.value);
    expect(address(honest)).not.toContain('23.50.60.70');
    honest.body(honest.http(50, VICTIM, '45.9.9.9', { host: 'au.download.windowsupdate.com', uri: '/x.exe' }), { mime_type: 'application/x-dosexec', sha256: '9'.repeat(64) });
    expect(address(honest)).toContain('45.9.9.9');
  });

  it('gives findings that can be checked: technique, evidence, a place in time', () => {
    const { findings: found } = analyseCase([incident().build()]);
    expect(found.length).toBeGreaterThan(3);
    for (const finding of found) {
      expect(finding.technique).toMatch(/^T\d{4}(\.\d{3})?$/);
      expect(finding.pkts.length).toBeGreaterThan(0);
      expect(finding.first_seen).toBeGreaterThanOrEqual(T0);
      expect(finding.last_seen).toBeGreaterThanOrEqual(finding.first_seen);
      expect(finding.reasons.length + Number(finding.severity === 'info')).toBeGreaterThan(0);
    }
    expect(DETECTORS.length).toBeGreaterThanOrEqual(14);
  });

  it('finds nothing in nothing', () => {
    expect(analyseCase([new CaptureBuilder().build()])).toEqual({ indicators: [], findings: [], caps: [] });
  });
});
