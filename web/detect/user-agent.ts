import { MAX_USER_AGENT_LENGTH } from '../indicators/limits';
import { keyOf } from '../indicators/normalise';
import { readAgent } from './agents';
import { MAX_FINDING_EVIDENCE, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';
import { quote } from './words';

/** A program that speaks to at most this many hosts, and one of ours only, is rare. */
const RARE_HOSTS = 3;

interface Seen { readonly hosts: Set<string>; readonly clients: Set<number>; readonly flows: number[]; readonly pkts: number[]; readonly first: number; last: number; count: number }

/**
 * Sees: user agents that are odd by themselves (misspelt, ancient, templates, attack tools), and programs other than
 * browsers that one host uses for a few addresses outside. Weak reasons.
 * ATT&CK: T1071.001 Web Protocols.
 * False positives: scripts of administrators, updaters of small programs, old appliances.
 */
export function userAgent(view: CaptureView): Finding[] {
  const { index, facts: { http, texts, pool } } = view;
  const agents = new Map<number, Seen>();
  for (let r = 0; r < http.rows; r++) {
    const flow = http.flow[r]!;
    const agent = texts.trimmed(http.agent[r]!);
    if (agent === 0 || !view.outward(flow)) continue;
    const ts = http.ts[r]!;
    let seen = agents.get(agent);
    if (!seen) {
      if (pool.text(agent).length > MAX_USER_AGENT_LENGTH) continue;
      agents.set(agent, seen = { hosts: new Set(), clients: new Set(), flows: [], pkts: [], first: ts, last: ts, count: 0 });
    }
    seen.count++;
    seen.last = Math.max(seen.last, ts);
    if (seen.hosts.size <= RARE_HOSTS) seen.hosts.add(http.host[r] === 0 ? view.resp(flow) : pool.text(http.host[r]!));
    seen.clients.add(index.orig[flow]!);
    if (seen.pkts.length < MAX_FINDING_EVIDENCE) { seen.pkts.push(http.pkt[r]!); if (!seen.flows.includes(flow)) seen.flows.push(flow); }
  }
  const findings: Finding[] = [];
  for (const [id, seen] of agents) {
    const text = pool.text(id);
    const clients = [...seen.clients].slice(0, MAX_FINDING_EVIDENCE).map((client) => index.book.text(client));
    const agent = readAgent(text);
    const rare = !agent.browser && !agent.system && seen.clients.size === 1 && seen.hosts.size <= RARE_HOSTS;
    if (agent.odd === '' && !rare) continue;
    const name = agent.odd === '' ? 'rare-user-agent' : 'odd-user-agent';
    const why = agent.odd === '' ? `${clients[0] ?? ''} alone used ${quote(agent.name)} here, for ${seen.hosts.size === 1 ? 'one host' : `${seen.hosts.size} hosts`}` : `the user agent “${quote(text)}” is odd: ${agent.odd}`;
    const reason = { name, text: why, technique: 'T1071.001', flows: seen.flows, pkts: seen.pkts };
    const reasons: FindingReason[] = [{ indicator: keyOf('user-agent', text), reason: { ...reason, points: agent.odd === '' ? 8 : 18 } }];
    for (const host of seen.hosts.size <= RARE_HOSTS ? seen.hosts : []) {
      const key = view.keyOfHost(host);
      if (key) reasons.push({ indicator: key, reason: { ...reason, points: agent.odd === '' ? 6 : 12 } });
    }
    findings.push({
      detector: 'user-agent', title: why, severity: 'low', confidence: agent.odd === '' ? 20 : 40, technique: 'T1071.001', capture: view.capture, first_seen: seen.first, last_seen: seen.last,
      hosts: clients, flows: seen.flows, pkts: seen.pkts, inputs: { user_agent: text, requests: seen.count, hosts: seen.hosts.size }, reasons,
    });
  }
  return findings;
}
