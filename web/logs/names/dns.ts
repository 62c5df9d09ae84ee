// DNS codes as Zeek's dns.log names them (IANA "Domain Name System (DNS) Parameters"; Zeek writes `*` for ANY).

/** Names of consecutive codes from `first`; `-` leaves a code out. */
const run = (into: Map<number, string>, first: number, names: string): void =>
  names.split(' ').forEach((name, i) => { if (name !== '-') into.set(first + i, name); });

const QTYPES = new Map<number, string>();
run(QTYPES, 1, 'A NS MD MF CNAME SOA MB MG MR NULL WKS PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT NSAP NSAP-PTR SIG KEY PX GPOS AAAA LOC NXT EID NIMLOC SRV ATMA NAPTR KX CERT A6 DNAME SINK OPT APL DS SSHFP IPSECKEY RRSIG NSEC DNSKEY DHCID NSEC3 NSEC3PARAM TLSA SMIMEA - HIP NINFO RKEY TALINK CDS CDNSKEY OPENPGPKEY CSYNC ZONEMD SVCB HTTPS');
run(QTYPES, 99, 'SPF UINFO UID GID UNSPEC NID L32 L64 LP EUI48 EUI64');
run(QTYPES, 249, 'TKEY TSIG IXFR AXFR MAILB MAILA * URI CAA');
run(QTYPES, 32768, 'TA DLV');
run(QTYPES, 65281, 'WINS WINS-R');
QTYPES.set(65422, 'XPF');
QTYPES.set(65521, 'INTEGRITY');

/** qtype_name. On NetBIOS's port 33 is NBSTAT, not SRV (RFC 1002 §4.2.1.3). */
export function qtypeName(code: number, netbios: boolean): string {
  if (netbios && code === 33) return 'NBSTAT';
  return QTYPES.get(code) ?? `query-${code}`;
}

/** Every qtype that has a name: code → name. */
export const QTYPE_NAMES: ReadonlyMap<number, string> = QTYPES;

const CLASSES: Readonly<Record<number, string>> = {
  1: 'C_INTERNET', 2: 'C_CSNET', 3: 'C_CHAOS', 4: 'C_HESIOD', 254: 'C_NONE', 255: 'C_ANY',
};

/** qclass_name. mDNS's unicast bit (RFC 6762 §5.4) is part of the number, as in Zeek. */
export function qclassName(code: number): string {
  return CLASSES[code] ?? `qclass-${code}`;
}

const RCODES = new Map<number, string>();
run(RCODES, 0, 'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSet NOTAUTH NOTZONE unassigned-11 unassigned-12 unassigned-13 unassigned-14 unassigned-15 BADVERS BADKEY BADTIME BADMODE BADNAME BADALG BADTRUNC BADCOOKIE');

/** rcode_name. */
export function rcodeName(code: number): string {
  return RCODES.get(code) ?? `rcode-${code}`;
}

const OPCODES: Readonly<Record<number, string>> = {
  0: 'query', 1: 'iquery', 2: 'server-status', 4: 'notify', 5: 'dynamic-update', 6: 'dso',
};
/** RFC 1002 §4.2.1.1. */
const NETBIOS_OPCODES: Readonly<Record<number, string>> = {
  0: 'netbios-query', 5: 'netbios-registration', 6: 'netbios-release', 7: 'netbios-wack', 8: 'netbios-refresh',
};

/** opcode_name. */
export function opcodeName(code: number, netbios: boolean): string {
  if (netbios) return NETBIOS_OPCODES[code] ?? `netbios-opcode-${code}`;
  return OPCODES[code] ?? `opcode-${code}`;
}

/** The responder's port that makes a row NetBIOS name service for Zeek. */
export const NETBIOS_PORT = 137;
