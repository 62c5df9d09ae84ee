import * as abi from '../../assembly/abi/logs';
import { MAX_USER_AGENT_LENGTH } from '../indicators/limits';
import { keyOf } from '../indicators/normalise';
import { readAgent } from './agents';
import { MAX_FINDING_EVIDENCE, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';
import { quote } from './words';

/** A program that speaks to at most this many hosts, and one of ours only, is rare. */
const RARE_HOSTS = 3;

interface Seen { hosts: Set<string>; clients: Set<string>; flows: number[]; pkts: number[]; first: number; last: number; count: number }

/**
 * Sees: user agents that are odd by themselves (misspelt, ancient, templates, attack tools), and programs other than
 * browsers that one host uses for a few addresses outside. Weak reasons.
 * ATT&CK: T1071.001 Web Protocols.
 * False positives: scripts of administrators, updaters of small programs, old appliances.
 */
export function userAgent(view: CaptureView): Finding[] {
  const http = view.log('http');
  if (!http) return [];
  const agents = new Map<string, Seen>();
  for (let r = 0; r < http.rows; r++) {
    const flow = http.num(r, abi.COL_FLOW);
    if (!view.outward(flow)) continue;
    const agent = http.str(r, abi.HTTP_USER_AGENT).trim();
    if (agent === '' || agent.length > MAX_USER_AGENT_LENGTH) continue;
    const ts = http.num(r, abi.COL_TS);
    let seen = agents.get(agent);
    if (!seen) agents.set(agent, seen = { hosts: new Set(), clients: new Set(), flows: [], pkts: [], first: ts, last: ts, count: 0 });
    seen.count++;
    seen.last = Math.max(seen.last, ts);
    const host = http.str(r, abi.HTTP_HOST);
    if (seen.hosts.size <= RARE_HOSTS) seen.hosts.add(host === '' ? view.resp(flow) : host);
    seen.clients.add(view.orig(flow));
    if (seen.pkts.length < MAX_FINDING_EVIDENCE) { seen.pkts.push(http.num(r, abi.COL_PKT)); if (!seen.flows.includes(flow)) seen.flows.push(flow); }
  }
  const findings: Finding[] = [];
  for (const [text, seen] of agents) {
    const agent = readAgent(text);
    const rare = !agent.browser && !agent.system && seen.clients.size === 1 && seen.hosts.size <= RARE_HOSTS;
    if (agent.odd === '' && !rare) continue;
    const name = agent.odd === '' ? 'rare-user-agent' : 'odd-user-agent';
    const why = agent.odd === '' ? `${[...seen.clients][0] ?? ''} alone used ${quote(agent.name)} here, for ${seen.hosts.size === 1 ? 'one host' : `${seen.hosts.size} hosts`}` : `the user agent “${quote(text)}” is odd: ${agent.odd}`;
    const reason = { name, text: why, technique: 'T1071.001', flows: seen.flows, pkts: seen.pkts };
    const reasons: FindingReason[] = [{ indicator: keyOf('user-agent', text), reason: { ...reason, points: agent.odd === '' ? 8 : 18 } }];
    for (const host of seen.hosts.size <= RARE_HOSTS ? seen.hosts : []) {
      const key = view.keyOfHost(host);
      if (key) reasons.push({ indicator: key, reason: { ...reason, points: agent.odd === '' ? 6 : 12 } });
    }
    findings.push({
      detector: 'user-agent', title: why, severity: 'low', confidence: agent.odd === '' ? 20 : 40, technique: 'T1071.001', capture: view.capture, first_seen: seen.first, last_seen: seen.last,
      hosts: [...seen.clients].slice(0, MAX_FINDING_EVIDENCE), flows: seen.flows, pkts: seen.pkts, inputs: { user_agent: text, requests: seen.count, hosts: seen.hosts.size }, reasons,
    });
  }
  return findings;
}
