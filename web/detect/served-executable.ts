import * as abi from '../../assembly/abi/logs';
import { downloads, isWhole, nameInUrl } from '../indicators/extract/files';
import { keyOf, normaliseUrl } from '../indicators/normalise';
import { requestUrl } from '../logs/http-url';
import type { LogTable } from '../logs/table';
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
  const files = view.log('files');
  const http = view.log('http');
  if (!files) return [];
  const carriers = downloads(http);
  const pages = new Pages(http);
  const findings: Finding[] = [];
  for (let r = 0; r < files.rows; r++) {
    const mime = files.str(r, abi.FILES_MIME_TYPE).toLowerCase();
    const carrier = carriers.get(files.str(r, abi.FILES_FUID)) ?? -1;
    const url = http && carrier >= 0 ? normaliseUrl(requestUrl(http, carrier)) ?? '' : '';
    const name = files.str(r, abi.FILES_FILENAME) || nameInUrl(url);
    const executable = EXECUTABLE.find(([pattern]) => pattern.test(mime))?.[1];
    const script = SCRIPT.find(([pattern]) => pattern.test(mime))?.[1] ?? (/^text\//.test(mime) && SCRIPT_NAME.test(name) ? 'a script' : undefined);
    const what = executable ?? script;
    if (!what || files.num(r, abi.FILES_IS_ORIG) === 1) continue;
    findings.push(describe(view, files, r, http, carrier, pages, { what, script: !executable, url, name, mime }));
  }
  return findings;
}

interface Served { what: string; script: boolean; url: string; name: string; mime: string }

function describe(view: CaptureView, files: LogTable, r: number, http: LogTable | undefined, carrier: number, pages: Pages, served: Served): Finding {
  const flow = files.num(r, abi.COL_FLOW);
  const pkt = files.num(r, abi.COL_PKT);
  const ts = files.num(r, abi.COL_TS);
  const declared = http && carrier >= 0 ? http.str(carrier, abi.HTTP_CONTENT_TYPE) : '';
  const disguise = served.script ? '' : INNOCENT_NAME.test(served.name) && !EXECUTABLE_NAME.test(served.name)
    ? `.${served.name.slice(served.name.lastIndexOf('.') + 1).toLowerCase()}` : INNOCENT_TYPE.test(declared) ? declared.split(';')[0] ?? '' : '';
  const linked = carrier >= 0 ? pages.since(carrier) : null;
  const agent = http && carrier >= 0 ? readAgent(http.str(carrier, abi.HTTP_USER_AGENT)) : null;
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
  const host = http && carrier >= 0 ? view.keyOfHost(http.str(carrier, abi.HTTP_HOST)) : null;
  if (served.url) give(keyOf('url', served.url), 45);
  if (host) give(host, 45);
  if (known && view.respKey(flow) !== host) give(view.respKey(flow), host ? 30 : 45);
  if (isWhole(files, r)) give(keyOf('file', files.str(r, abi.FILES_SHA256).toLowerCase()), 40);
  return {
    detector: 'served-executable', severity: disguise ? 'high' : 'medium', confidence: disguise || tool ? 80 : 55,
    title: `${known ? view.respName(flow) : 'A server'} ${text} (${bytesText(files.num(r, abi.FILES_SEEN_BYTES))})${known ? ` to ${view.orig(flow)}` : ''}`,
    technique: evidence.technique, capture: view.capture, first_seen: ts, last_seen: ts + files.num(r, abi.FILES_DURATION),
    hosts: known ? [view.orig(flow)] : [], flows: [flow], pkts: [pkt],
    inputs: { mime_type: served.mime, name: served.name, url: served.url, content_type: declared, user_agent: http && carrier >= 0 ? http.str(carrier, abi.HTTP_USER_AGENT) : '' },
    reasons,
  };
}

/** Requests of a capture by client and URL, read when the first executable is found. */
class Pages {
  private times: Map<string, number[]> | undefined;

  constructor(private readonly http: LogTable | undefined) {}

  /** Microseconds since the same client asked for the page that the Referer names; null when that was not seen. */
  since(carrier: number): number | null {
    const http = this.http;
    const referrer = http ? normaliseUrl(http.str(carrier, abi.HTTP_REFERRER)) : null;
    if (!http || referrer === null) return null;
    this.times ??= this.read(http);
    const ts = http.num(carrier, abi.COL_TS);
    const before = (this.times.get(`${http.bytes(carrier, abi.COL_ORIG_H).join()} ${referrer}`) ?? []).filter((time) => time < ts);
    return before.length === 0 ? null : ts - Math.max(...before.slice(-1000));
  }

  private read(http: LogTable): Map<string, number[]> {
    const times = new Map<string, number[]>();
    for (let r = 0; r < http.rows; r++) {
      const url = normaliseUrl(requestUrl(http, r));
      if (url === null) continue;
      const key = `${http.bytes(r, abi.COL_ORIG_H).join()} ${url}`;
      const list = times.get(key);
      if (list) list.push(http.num(r, abi.COL_TS));
      else times.set(key, [http.num(r, abi.COL_TS)]);
    }
    return times;
  }
}
