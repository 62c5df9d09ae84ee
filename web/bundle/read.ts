import { keyOf } from '../indicators/normalise';
import { severityOf } from '../indicators/score';
import type { CertificateFacts, FileFacts, IndicatorKind, Reason, Role, Severity, Verdict, VerdictValue } from '../indicators/types';
import { MAX_BUNDLE_OBJECTS, MAX_BUNDLE_TEXT } from './limits';
import { hashed, nameValue, valuesOfPattern, type NamedValue } from './pattern';
import { mergeIndicator, mergeVerdicts, type SharedIndicator, type SharedSighting } from './shared';
import { EXTENSION_ID, FINGERPRINT_TYPE, parseTime } from './stix';
import { tlpOfMarking, type TlpLabel } from './tlp';

/** What a bundle gave. */
export interface ReadBundle {
  readonly indicators: readonly SharedIndicator[];
  readonly verdicts: readonly Verdict[];
  /** Strictest TLP that any object carries; null when none does. */
  readonly tlp: TlpLabel | null;
  /** Who made it, in words; '' when it does not say. */
  readonly producer: string;
  readonly captures: readonly string[];
  readonly engine: string;
  readonly caps: readonly string[];
  /** Sentences: what was left, by type. */
  readonly left: readonly string[];
}

export type ReadResult = { readonly ok: true; readonly value: ReadBundle } | { readonly ok: false; readonly error: string };

type Fields = Readonly<Record<string, unknown>>;

const KINDS: ReadonlySet<string> = new Set<IndicatorKind>([
  'ipv4-addr', 'ipv6-addr', 'domain-name', 'url', 'email-addr', 'file', 'x509-certificate', 'ja3', 'ja3s', 'ja4', 'user-agent', 'hostname', 'user-account',
]);
const ROLES: ReadonlySet<string> = new Set<Role>([
  'Conn::IN_ORIG', 'Conn::IN_RESP', 'DNS::IN_REQUEST', 'DNS::IN_RESPONSE', 'HTTP::IN_HOST_HEADER', 'HTTP::IN_REFERRER_HEADER', 'HTTP::IN_USER_AGENT_HEADER',
  'HTTP::IN_X_FORWARDED_FOR_HEADER', 'HTTP::IN_URL', 'SSL::IN_SERVER_NAME', 'X509::IN_CERT', 'Files::IN_HASH', 'Files::IN_NAME', 'SSL::IN_JA3', 'SSL::IN_JA3S', 'SSL::IN_JA4',
  'HTTP::IN_LOCATION_HEADER', 'HTTP::IN_BASIC_AUTH', 'ARP::IN_REPLY', 'NAME::IN_CAPTURE', 'DHCP::IN_HOSTNAME', 'NBNS::IN_NAME',
]);
const SEVERITIES: ReadonlySet<string> = new Set<Severity>(['info', 'low', 'medium', 'high', 'critical']);
const VERDICTS: ReadonlySet<string> = new Set<VerdictValue>(['malicious', 'suspicious', 'benign', 'unknown']);
/** Types that say nothing of their own here: they are read where others point at them. */
const SILENT = new Set(['identity', 'marking-definition', 'extension-definition', 'observed-data', 'relationship', 'report', 'language-content']);

/** Reads a STIX 2.1 bundle, ours or another's, as far as it goes. The error is one sentence for people. */
export function readBundle(text: string): ReadResult {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return { ok: false, error: 'This is no STIX bundle: it is not JSON.' };
  }
  const bundle = fields(parsed);
  if (!bundle || bundle['type'] !== 'bundle') return { ok: false, error: 'This is no STIX bundle: its type is not “bundle”. Export it as STIX 2.1 and try again.' };
  const objects = list(bundle['objects']).map(fields).filter((object) => object !== null);
  if (objects.length > MAX_BUNDLE_OBJECTS) return { ok: false, error: `This bundle has ${objects.length} objects; at most ${MAX_BUNDLE_OBJECTS} are read. Split it.` };
  return { ok: true, value: new Reader(objects).read() };
}

class Reader {
  private readonly byId = new Map<string, Fields>();
  private readonly indicators = new Map<string, SharedIndicator>();
  /** STIX id → keys of the indicators that it became. */
  private readonly keysOf = new Map<string, readonly string[]>();
  private readonly left = new Map<string, number>();
  private verdicts: Verdict[] = [];

  constructor(private readonly objects: readonly Fields[]) {
    for (const object of objects) {
      const id = text(object['id']);
      const known = this.byId.get(id);
      if (!known || (parseTime(text(object['modified'])) ?? 0) >= (parseTime(text(known['modified'])) ?? 0)) this.byId.set(id, object);
    }
  }

  read(): ReadBundle {
    const objects = [...this.byId.values()];
    for (const object of objects) if (object['type'] === 'indicator') this.indicator(object);
    const named = new Set([...this.indicators.keys()]);
    for (const object of objects) this.observable(object, named);
    for (const object of objects) {
      if (object['type'] === 'sighting') this.sighting(object);
      else if (object['type'] === 'note' || object['type'] === 'opinion') this.note(object);
    }
    const report = this.ourReport();
    const about = report ? extension(report) : null;
    return {
      indicators: [...this.indicators.values()], verdicts: this.verdicts, tlp: this.tlp(), producer: this.producer(report), captures: strings(about?.['captures']), engine: text(about?.['engine']), caps: strings(about?.['caps']),
      left: [...this.left].map(([what, count]) => `${count} ${what}`),
    };
  }

  private leave(what: string): void {
    this.left.set(what, (this.left.get(what) ?? 0) + 1);
  }

  private add(indicator: SharedIndicator): void {
    const known = this.indicators.get(indicator.key);
    this.indicators.set(indicator.key, mergeIndicator(known ?? indicator, indicator));
  }

  private indicator(object: Fields): void {
    const id = text(object['id']);
    const ours = extension(object);
    const modified = number(ours?.['modified_us']) ?? parseTime(text(object['modified'])) ?? 0;
    const kind = text(ours?.['kind']);
    const value = text(ours?.['value']);
    if (ours && KINDS.has(kind) && value !== '') {
      const score = clamp(number(ours['score']) ?? 0);
      const severity = text(ours['severity_level']);
      const base = blank(kind as IndicatorKind, value, modified, text(ours['engine']));
      this.add({
        ...base, score, severity: SEVERITIES.has(severity) ? severity as Severity : severityOf(score), confidence: clamp(number(object['confidence']) ?? 0), reasons: list(ours['reasons']).flatMap(readReason),
        related: list(ours['related_keys']).flatMap((entry) => { const e = fields(entry); return e && text(e['key']) ? [{ key: text(e['key']), relation: text(e['relation']) }] : []; }),
        ...(kind === 'file' ? { file: { sha256: value, names: strings(ours['file_names']), size: 0 } } : {}),
        ...(kind === 'x509-certificate' ? { certificate: { sha1: value, sha256: '', serial: '', subject: '', issuer: '', names: strings(ours['certificate_names']) } } : {}),
      });
      this.keysOf.set(id, [keyOf(kind as IndicatorKind, value)]);
      return;
    }
    const values = text(object['pattern_type']) === 'stix' || text(object['pattern_type']) === '' ? valuesOfPattern(text(object['pattern'])) : null;
    if (!values) { this.leave(`${text(object['pattern_type']) === 'stix' ? 'indicators whose patterns name no single values' : 'indicators with patterns of another language'}`); return; }
    for (const named of values) this.add({ ...fromNamed(named, modified), confidence: clamp(number(object['confidence']) ?? 0), reasons: foreignReasons(object) });
    this.keysOf.set(id, values.map((named) => keyOf(named.kind, named.value)));
  }

  private observable(object: Fields, named: ReadonlySet<string>): void {
    const type = text(object['type']);
    const value = this.namedValue(type, object);
    if (value === undefined) return;
    if (value === null) { this.leave(`objects of type ${type}`); return; }
    const key = keyOf(value.kind, value.value);
    const hostname = value.kind === 'domain-name' && named.has(keyOf('hostname', value.value));
    this.keysOf.set(text(object['id']), [key]);
    if (hostname || (value.kind === 'hostname' && named.has(keyOf('domain-name', value.value)))) return;
    const facts = value.kind === 'file' ? { file: fileFacts(object, value.value, this.indicators.get(key)?.file) } : value.kind === 'x509-certificate' ? { certificate: certificateFacts(object, value.value, this.indicators.get(key)?.certificate) } : {};
    const known = this.indicators.get(key);
    if (known) this.indicators.set(key, { ...known, ...facts });
    else this.add({ ...fromNamed(value, 0), ...facts });
  }

  /** The value of an observable; undefined for what is no observable, null for one that we do not keep. */
  private namedValue(type: string, object: Fields): NamedValue | null | undefined {
    if (SILENT.has(type) || type === 'indicator' || type === 'sighting' || type === 'note' || type === 'opinion') return undefined;
    switch (type) {
      case 'ipv4-addr': case 'ipv6-addr': case 'domain-name': case 'url': case 'email-addr': return nameValue(type, 'value', text(object['value']));
      case 'user-account': return text(object['account_login']) || text(object['user_id']) ? { kind: 'user-account', value: text(object['account_login']) || text(object['user_id']) } : null;
      case 'file': case 'x509-certificate': return hashed(type, hashesOf(object));
      case FINGERPRINT_TYPE: return KINDS.has(text(object['method'])) && text(object['value']) ? { kind: text(object['method']) as IndicatorKind, value: text(object['value']) } : null;
      default: return null;
    }
  }

  private sighting(object: Fields): void {
    const keys = this.keysOf.get(text(object['sighting_of_ref'])) ?? [];
    const ours = extension(object);
    const first = parseTime(text(object['first_seen']));
    const last = parseTime(text(object['last_seen']));
    const role = text(ours?.['role']);
    if (keys.length === 0) { this.leave('sightings of things that were left'); return; }
    if (!ours || !ROLES.has(role) || first === null || last === null) { this.leave('sightings without role or times'); return; }
    const sighting: SharedSighting = {
      role: role as Role, observed: ours['observed'] === true, capture: text(ours['capture']), first_seen: first, last_seen: last, count: number(object['count']) ?? 1, orig_bytes: number(ours['orig_bytes']) ?? 0,
      resp_bytes: number(ours['resp_bytes']) ?? 0, orig_pkts: number(ours['orig_pkts']) ?? 0, resp_pkts: number(ours['resp_pkts']) ?? 0, hosts: strings(ours['hosts']), pkts: numbers(ours['pkts']), flows: numbers(ours['flows']),
      uids: strings(ours['uids']), community_ids: strings(ours['community_ids']), engine: text(ours['engine']),
    };
    for (const key of keys) {
      const known = this.indicators.get(key);
      if (known) this.indicators.set(key, mergeIndicator(known, { ...known, sightings: [sighting] }));
    }
  }

  private note(object: Fields): void {
    const ours = extension(object);
    const author = text(object['created_by_ref']);
    const name = strings(object['authors'])[0] ?? text(this.byId.get(author)?.['name']);
    const verdict = text(ours?.['verdict']);
    const words = object['type'] === 'opinion' ? `${text(object['opinion'])}: ${text(object['explanation'])}` : text(object['content']);
    const keys = strings(object['object_refs']).flatMap((id) => this.keysOf.get(id) ?? []);
    if (keys.length === 0) { this.leave(`${text(object['type'])}s about things that were left`); return; }
    const read = keys.map((indicator): Verdict => ({
      indicator, author: author === '' ? 'identity--00000000-0000-4000-8000-000000000000' : author, author_name: name === '' ? 'unknown' : name, value: VERDICTS.has(verdict) ? verdict as VerdictValue : 'unknown',
      note: ours && ours['has_note'] !== true ? '' : words, tags: ours ? strings(ours['tags']) : strings(object['labels']), modified: number(ours?.['modified_us']) ?? parseTime(text(object['modified'])) ?? 0,
    }));
    this.verdicts = mergeVerdicts(this.verdicts, read);
  }

  private ourReport(): Fields | undefined {
    const reports = this.objects.filter((object) => object['type'] === 'report');
    return reports.find((report) => extension(report) !== null) ?? reports[0];
  }

  private producer(report: Fields | undefined): string {
    const author = report ?? this.objects.find((object) => text(object['created_by_ref']) !== '');
    const name = text(this.byId.get(text(author?.['created_by_ref']))?.['name']);
    return [name, text(report?.['name'])].filter((part) => part !== '').join(': ');
  }

  private tlp(): TlpLabel | null {
    const order: readonly TlpLabel[] = ['clear', 'green', 'amber', 'amber+strict', 'red'];
    let strictest = -1;
    for (const object of this.objects) for (const id of strings(object['object_marking_refs'])) strictest = Math.max(strictest, order.indexOf(tlpOfMarking(id) ?? 'clear') - (tlpOfMarking(id) ? 0 : 1));
    return order[strictest] ?? null;
  }
}

function blank(kind: IndicatorKind, value: string, modified: number, engine: string): SharedIndicator {
  return { key: keyOf(kind, value), kind, value, score: 0, severity: 'info', confidence: 0, reasons: [], sightings: [], related: [], engine, modified };
}

function fromNamed(named: NamedValue, modified: number): SharedIndicator {
  const base = blank(named.kind, named.value, modified, '');
  const hashes = named.hashes ?? {};
  if (named.kind === 'file') return { ...base, file: { sha256: named.value, names: [], size: 0, ...(hashes['MD5'] ? { md5: hashes['MD5'] } : {}), ...(hashes['SHA-1'] ? { sha1: hashes['SHA-1'] } : {}) } };
  if (named.kind === 'x509-certificate') return { ...base, certificate: { sha1: named.value, sha256: hashes['SHA-256'] ?? '', serial: '', subject: '', issuer: '', names: [] } };
  return base;
}

function foreignReasons(object: Fields): Reason[] {
  const words = text(object['name']) || text(object['description']);
  const types = strings(object['indicator_types']);
  return words === '' && types.length === 0 ? [] : [{ name: 'imported', text: `a bundle from elsewhere names it${types.length ? ` (${types.join(', ')})` : ''}${words ? `: ${words.slice(0, 300)}` : ''}`, points: 0 }];
}

function fileFacts(object: Fields, sha256: string, known: FileFacts | undefined): FileFacts {
  const hashes = hashesOf(object);
  const names = [...new Set([...(known?.names ?? []), text(object['name'])])].filter((name) => name !== '');
  return { sha256, names, size: number(object['size']) ?? known?.size ?? 0, ...(hashes['MD5'] ? { md5: hashes['MD5'] } : {}), ...(hashes['SHA-1'] ? { sha1: hashes['SHA-1'] } : {}), ...(text(object['mime_type']) ? { mime_type: text(object['mime_type']) } : {}) };
}

function certificateFacts(object: Fields, sha1: string, known: CertificateFacts | undefined): CertificateFacts {
  const hashes = hashesOf(object);
  const [before, after] = [parseTime(text(object['validity_not_before'])), parseTime(text(object['validity_not_after']))];
  return {
    sha1, sha256: hashes['SHA-256'] ?? '', ...(hashes['MD5'] ? { md5: hashes['MD5'] } : {}), serial: text(object['serial_number']), subject: text(object['subject']), issuer: text(object['issuer']), names: known?.names ?? [],
    ...(before === null ? {} : { not_valid_before: before }), ...(after === null ? {} : { not_valid_after: after }),
  };
}

function readReason(value: unknown): Reason[] {
  const reason = fields(value);
  if (!reason || text(reason['name']) === '') return [];
  const [pkts, flows] = [numbers(reason['pkts']), numbers(reason['flows'])];
  return [{
    name: text(reason['name']), text: text(reason['text']), points: number(reason['points']) ?? 0, ...(text(reason['technique']) ? { technique: text(reason['technique']) } : {}),
    ...(pkts.length ? { pkts } : {}), ...(flows.length ? { flows } : {}), ...(text(reason['capture']) ? { capture: text(reason['capture']) } : {}),
  }];
}

function extension(object: Fields): Fields | null {
  return fields(fields(object['extensions'])?.[EXTENSION_ID]);
}

function hashesOf(object: Fields): Record<string, string> {
  return Object.fromEntries(Object.entries(fields(object['hashes']) ?? {}).map(([name, value]) => [name, text(value).toLowerCase()]));
}

function fields(value: unknown): Fields | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value as Fields : null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAX_BUNDLE_TEXT) : '';
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function clamp(value: number): number {
  return Math.max(0, Math.min(100, value));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): string[] {
  return list(value).filter((item) => typeof item === 'string').map(text);
}

function numbers(value: unknown): number[] {
  return list(value).filter((item) => typeof item === 'number' && Number.isFinite(item)) as number[];
}
