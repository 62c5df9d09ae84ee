import { keyOf } from '../indicators/normalise';
import { MAX_FINDING_EVIDENCE, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';
import { countText, quote } from './words';

const SECRET_IN_QUERY = /[?&;](pass(word|wd)?|pwd|passwort|secret|api_?key|access_token)=[^&;]/i;

interface Sent { users: Set<string>; how: string; flows: number[]; pkts: number[]; first: number; last: number; count: number }

/**
 * Sees: HTTP basic authentication and passwords in query strings, in the clear.
 * ATT&CK: T1040 Network Sniffing (anybody on the way can read them), T1552 Unsecured Credentials.
 * False positives: test accounts, appliances on an isolated network.
 */
export function credentials(view: CaptureView): Finding[] {
  const { facts: { http, pool } } = view;
  const groups = new Map<string, Sent>();
  const secrets: boolean[] = [];
  for (let r = 0; r < http.rows; r++) {
    const user = http.user[r] === 0 ? '' : pool.text(http.user[r]!);
    const inQuery = secrets[http.uri[r]!] ??= SECRET_IN_QUERY.test(pool.text(http.uri[r]!));
    if (user === '' && !inQuery) continue;
    const flow = http.flow[r]!;
    const host = http.host[r] === 0 ? view.resp(flow) : pool.text(http.host[r]!);
    const how = user !== '' ? 'HTTP basic authentication' : 'a query string';
    const ts = http.ts[r]!;
    let sent = groups.get(`${how} ${host}`);
    if (!sent) groups.set(`${how} ${host}`, sent = { users: new Set(), how, flows: [], pkts: [], first: ts, last: ts, count: 0 });
    sent.count++;
    sent.last = Math.max(sent.last, ts);
    if (user !== '' && sent.users.size < MAX_FINDING_EVIDENCE) sent.users.add(user);
    if (sent.pkts.length < MAX_FINDING_EVIDENCE) { sent.pkts.push(http.pkt[r]!); if (!sent.flows.includes(flow)) sent.flows.push(flow); }
  }
  return [...groups].map(([key, sent]): Finding => {
    const host = key.slice(sent.how.length + 1);
    const users = [...sent.users];
    const text = `got credentials in the clear by ${sent.how} (${countText(sent.count)} ${sent.count === 1 ? 'request' : 'requests'})`;
    const reason = { name: 'cleartext-credentials', text, technique: 'T1040', flows: sent.flows, pkts: sent.pkts };
    const reasons: FindingReason[] = users.map((user) => ({ indicator: keyOf('user-account', user), reason: { ...reason, text: `its password went to ${quote(host)} in the clear`, points: 20 } }));
    const hostKey = view.keyOfHost(host);
    if (hostKey) reasons.push({ indicator: hostKey, reason: { ...reason, points: 5 } });
    return {
      detector: 'cleartext-credentials', title: `${quote(host)} ${text}${users.length ? `: ${users.slice(0, 3).map(quote).join(', ')}` : ''}`, severity: 'low', confidence: 90, technique: 'T1040', capture: view.capture,
      first_seen: sent.first, last_seen: sent.last, hosts: [...new Set(sent.flows.map((flow) => view.orig(flow)))].filter((h) => h !== ''), flows: sent.flows, pkts: sent.pkts, inputs: { requests: sent.count, users: users.length, how: sent.how }, reasons,
    };
  });
}
