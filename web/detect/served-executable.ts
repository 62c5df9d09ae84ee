import * as abi from '../../assembly/abi/logs';
import { nameInUrl } from '../indicators/extract/files';
import type { HttpFacts } from '../indicators/facts/http';
import { keyOf, normaliseUrl } from '../indicators/normalise';
import { PairNumbers } from '../logs/growing';
import { readAgent } from './agents';
import type { Finding, FindingReason } from './types';
import type { CaptureView } from './view';
import { bytesText, durationText, quote } from './words';

const EXECUTABLE: readonly (readonly [RegExp, string])[] = [
  [/x-dosexec|portable-executable|x-msdownload|x-pe\b/, 'a Windows executable'], [/x-elf|x-executable|x-sharedlib|x-pie-executable/, 'a Linux executable'],
  [/x-mach-?o/, 'a macOS executable'], [/x-msi|x-ms-installer/, 'a Windows installer'], [/x-java-(applet|archive)|java-archive/, 'a Java program'],
  [/android\.package/, 'an Android package'], [/x-ms-shortcut/, 'a Windows shortcut'], [/x-dex/, 'an Android program'],
];
const SCRIPT: readonly (readonly [RegExp, string])[] = [
  [/powershell/, 'a PowerShell script'], [/x-(msdos-batch|bat)/, 'a batch file'], [/vbscript/, 'a VBScript'], [/\bhta\b/, 'an HTML application'],
  [/x-shellscript|x-sh\b/, 'a shell script'], [/x-python/, 'a Python script'],
];
const EXECUTABLE_NAME = /\.(exe|dll|scr|sys|com|cpl|ocx|msi|msu|jar|apk|elf|so|bin|run|dmg|pkg|lnk|deb|rpm|cab|msix|appx)$/i;
const SCRIPT_NAME = /\.(ps1|psm1|vbs|vbe|hta|bat|cmd|wsf|jse|sh)$/i;
const INNOCENT_NAME = /\.(jpe?g|png|gif|bmp|ico|webp|svg|txt|css|html?|pdf|docx?|xlsx?|mp3|mp4|woff2?|xml|json|dat|php|asp|log|tmp)$/i;
const INNOCENT_TYPE = /^(image|audio|video|font)\/|^text\/(plain|html|css|xml)|application\/(pdf|json|xml)/i;

/**
 * Sees: a body whose first bytes say executable or script, carried by HTTP to one of our hosts or from anywhere, told
 * apart by disguise (an image's name or type over an executable) and by who fetched it (no browser, no system service).
 * ATT&CK: T1105 Ingress Tool Transfer, T1036.008 Masquerade File Type, T1059 for scripts.
 * False positives: software that updates itself over plain HTTP (system update hosts are taken out by the allowlist),
 * package mirrors, installers that a person chose to download.
 */
export function servedExecutable(view: CaptureView): Finding[] {
  const { facts: { files, http, pool } } = view;
  const pages = new Pages(http);
  const findings: Finding[] = [];
  const kinds: (Kind | undefined)[] = [];
  for (let r = 0; r < files.rows; r++) {
    if (files.isOrig[r] === 1) continue;
    const { mime, executable, script, text } = kinds[files.mime[r]!] ??= kindOf(pool.text(files.mime[r]!));
    if (executable === '' && script === '' && !text) continue;
    const carrier = http.carrier(files.fuid[r]!);
    const url = carrier >= 0 ? http.urls.normal[http.urls.normalOf[http.url[carrier]!]!]! : '';
    const name = pool.text(files.name[r]!) || nameInUrl(url);
    const what = executable || script || (text && SCRIPT_NAME.test(name) ? 'a script' : '');
    if (what !== '') findings.push(describe(view, r, carrier, pages, { what, script: executable === '', url, name, mime }));
  }
  return findings;
}

/** What a MIME type says of a body: the words for an executable or a script, and whether a name may tell a script. */
interface Kind { readonly mime: string; readonly executable: string; readonly script: string; readonly text: boolean }

function kindOf(type: string): Kind {
  const mime = type.toLowerCase();
  const find = (list: typeof EXECUTABLE): string => list.find(([pattern]) => pattern.test(mime))?.[1] ?? '';
  return { mime, executable: find(EXECUTABLE), script: find(SCRIPT), text: mime.startsWith('text/') };
}

interface Served { what: string; script: boolean; url: string; name: string; mime: string }

function describe(view: CaptureView, r: number, carrier: number, pages: Pages, served: Served): Finding {
  const { facts: { files, http, pool } } = view;
  const [flow, pkt, ts] = [files.flow[r]!, files.pkt[r]!, files.ts[r]!];
  const declared = http.table && carrier >= 0 ? http.table.str(carrier, abi.HTTP_CONTENT_TYPE) : '';
  const agentText = carrier >= 0 ? pool.text(http.agent[carrier]!) : '';
  const disguise = served.script ? '' : INNOCENT_NAME.test(served.name) && !EXECUTABLE_NAME.test(served.name)
    ? `.${served.name.slice(served.name.lastIndexOf('.') + 1).toLowerCase()}` : INNOCENT_TYPE.test(declared) ? declared.split(';')[0] ?? '' : '';
  const linked = carrier >= 0 ? pages.since(carrier) : null;
  const agent = carrier >= 0 ? readAgent(agentText) : null;
  const tool = agent !== null && !agent.browser && !agent.system;
  const as = disguise ? ` as ${quote(disguise)}` : '';
  const after = linked === null ? '' : `, ${durationText(linked)} after the page that linked it`;
  const text = `served ${served.what}${as}${after}`;
  const evidence = { technique: served.script ? 'T1059' : 'T1105', pkts: [pkt], flows: [flow] };
  const reasons: FindingReason[] = [];
  const give = (indicator: string | null, points: number): void => {
    if (indicator === null) return;
    const push = (name: string, words: string, value: number, technique: string): void => {
      reasons.push({ indicator, reason: { name, text: words, points: value, ...evidence, technique } });
    };
    push(served.script ? 'served-script' : 'served-executable', text, served.script ? Math.round(points * 0.6) : points, evidence.technique);
    if (disguise) push('disguised-executable', `the executable was passed off as ${quote(disguise)}`, 25, 'T1036.008');
    if (tool && agent) push('fetched-by-tool', `${quote(agent.name)} fetched it, not a browser`, 15, 'T1105');
  };
  const known = view.known(flow);
  const host = carrier >= 0 ? view.keyOfHost(pool.text(http.host[carrier]!)) : null;
  if (served.url) give(keyOf('url', served.url), 45);
  if (host) give(host, 45);
  if (known && view.respKey(flow) !== host) give(view.respKey(flow), host ? 30 : 45);
  if (files.whole[r] === 1) give(keyOf('file', pool.text(files.sha256[r]!)), 40);
  return {
    detector: 'served-executable', severity: disguise ? 'high' : 'medium', confidence: disguise || tool ? 80 : 55,
    title: `${known ? view.respName(flow) : 'A server'} ${text} (${bytesText(files.seen[r]!)})${known ? ` to ${view.orig(flow)}` : ''}`,
    technique: evidence.technique, capture: view.capture, first_seen: ts, last_seen: ts + (files.table?.num(r, abi.FILES_DURATION) ?? 0),
    hosts: known ? [view.orig(flow)] : [], flows: [flow], pkts: [pkt],
    inputs: { mime_type: served.mime, name: served.name, url: served.url, content_type: declared, user_agent: agentText },
    reasons,
  };
}

/** Requests of a capture by client and URL, read when the first executable is found. */
class Pages {
  private readonly pairs = new PairNumbers();
  private times: number[][] | undefined;
  private readonly numbers = new Map<string, number>();

  constructor(private readonly http: HttpFacts) {}

  /** Microseconds since the same client asked for the page that the Referer names; null when that was not seen. */
  since(carrier: number): number | null {
    const { http } = this;
    const referrer = http.table ? normaliseUrl(http.table.str(carrier, abi.HTTP_REFERRER)) : null;
    if (referrer === null) return null;
    this.times ??= this.read();
    const url = this.numbers.get(referrer);
    const pair = url === undefined ? -1 : this.pairs.find(http.orig[carrier]!, url);
    const ts = http.ts[carrier]!;
    const before = (this.times[pair] ?? []).filter((time) => time < ts);
    return before.length === 0 ? null : ts - Math.max(...before.slice(-1000));
  }

  private read(): number[][] {
    const { http } = this;
    const times: number[][] = [];
    http.urls.normal.forEach((url, id) => { if (id > 0) this.numbers.set(url, id); });
    for (let r = 0; r < http.rows; r++) {
      const url = http.urls.normalOf[http.url[r]!]!;
      if (url !== 0) (times[this.pairs.of(http.orig[r]!, url)] ??= []).push(http.ts[r]!);
    }
    return times;
  }
}
