import type { TableColumn, TableName } from '../api';

// name|title|kind|width, `*` before the name: shown from the start. Names are fields of
// web/logs/fields.ts or of the schema.
const FLOW = `*ts|Time|time|206
uid|UID|text|160
*id.orig_h|Source|address|150
id.orig_p|Source port|port|80
*id.resp_h|Destination|address|200
*id.resp_p|Port|port|64`;
const TAIL = `pkt|Packet|number|84
flow|Flow|number|76
capture|Capture|text|130`;

const TABLES: Readonly<Record<TableName, string>> = {
  indicators: `*severity|Severity|severity|92
*score|Score|number|60
*kind|Kind|text|110
*value|Value|text|280
*why|Why|text|370
verdict|Verdict|text|110
*first_seen|First seen|time|206
last_seen|Last seen|time|206
*count|Count|number|66
*hosts|Our hosts|list|140
bytes|Bytes|bytes|100
confidence|Confidence|number|90
roles|Where it stood|list|220
observed|Observed|bool|84`,
  hosts: `*address|Address|address|200
*name|Name|text|200
*internal|Internal|bool|72
*flows_out|Flows out|number|80
*flows_in|Flows in|number|76
*bytes_sent|Sent|bytes|96
*bytes_received|Received|bytes|96
packets|Packets|number|90
*services|Services|list|140
macs|MAC|list|150
*first_seen|First seen|time|206
*last_seen|Last seen|time|206`,
  conn: `${FLOW}
*proto|Proto|text|60
*service|Service|text|84
*conn_state|State|text|60
*duration|Duration|duration|90
*orig_bytes|Bytes out|bytes|94
*resp_bytes|Bytes in|bytes|92
history|History|text|110
orig_pkts|Packets out|number|90
resp_pkts|Packets in|number|90
orig_ip_bytes|IP bytes out|bytes|100
resp_ip_bytes|IP bytes in|bytes|100
missed_bytes|Missed bytes|bytes|100
local_orig|Local source|bool|90
local_resp|Local destination|bool|110
community_id|Community ID|text|240
tunnel|Tunnel|text|80
tunnel_parents|Tunnel parents|list|160
ip_proto|IP protocol|text|84
orig_l2_addr|Source MAC|text|140
resp_l2_addr|Destination MAC|text|140
vlan|VLAN|text|64
inner_vlan|Inner VLAN|text|80
${TAIL}`,
  dns: `${FLOW.replace('*id.resp_p', 'id.resp_p')}
*query|Query|text|250
*qtype_name|Type|text|64
*rcode_name|Answer code|text|104
*answers|Answers|list|270
TTLs|TTLs|list|120
*rtt|Round trip|duration|86
proto|Proto|text|64
trans_id|ID|text|70
qclass_name|Class|text|96
opcode_name|Operation|text|110
AA|AA|bool|48
TC|TC|bool|48
RD|RD|bool|48
RA|RA|bool|48
Z|Z|text|48
rejected|Rejected|bool|80
${TAIL}`,
  http: `${FLOW}
*method|Method|text|70
*host|Host|text|180
*uri|URI|text|240
*status_code|Status|text|60
status_msg|Status text|text|120
*resp_mime_types|Type|list|140
*response_body_len|Body|bytes|80
request_body_len|Request body|bytes|100
*user_agent|User agent|text|240
referrer|Referrer|text|240
location|Location|text|240
origin|Origin|text|160
version|Version|text|64
trans_depth|Depth|text|60
content_type|Declared type|text|150
server|Server|text|140
cookie|Cookie|text|200
username|User|text|110
password|Password|text|110
proxied|Proxied|list|180
info_code|Info code|text|80
info_msg|Info text|text|110
orig_filenames|Names up|list|140
resp_filenames|Names down|list|160
orig_mime_types|Type up|list|140
orig_fuids|Files up|list|160
resp_fuids|Files down|list|160
${TAIL}`,
  ssl: `${FLOW}
*server_name|Server name|text|200
*version|Version|text|72
*next_protocol|ALPN|text|70
*established|Established|bool|90
resumed|Resumed|bool|80
*sni_matches_cert|Name fits|bool|80
*ja4|JA4|text|280
*cipher|Cipher|text|300
curve|Curve|text|110
last_alert|Last alert|text|150
ja3|JA3|text|250
ja3s|JA3S|text|250
ssl_history|Handshake|text|110
cert_chain_fps|Certificates|list|300
client_cert_chain_fps|Client certificates|list|300
${TAIL}`,
  x509: `*ts|Time|time|206
*certificate.subject|Subject|text|260
*certificate.issuer|Issuer|text|240
*san.dns|DNS names|list|200
*certificate.not_valid_before|Valid from|time|206
*certificate.not_valid_after|Valid to|time|206
certificate.serial|Serial|text|240
fingerprint|SHA-256|text|300
sha1|SHA-1|text|280
md5|MD5|text|240
certificate.version|Version|text|70
certificate.key_alg|Key algorithm|text|130
certificate.key_type|Key type|text|80
*certificate.key_length|Key bits|number|76
certificate.exponent|Exponent|text|80
certificate.curve|Curve|text|100
certificate.sig_alg|Signature|text|190
san.ip|IP names|list|160
san.uri|URI names|list|200
san.email|Email names|list|180
basic_constraints.ca|CA|bool|56
basic_constraints.path_len|Path length|text|84
host_cert|Host|bool|64
client_cert|Client|bool|64
error|Problem|text|200
id.orig_h|Source|address|190
id.resp_h|Destination|address|230
id.resp_p|Port|port|64
uid|UID|text|160
${TAIL}`,
  files: `${FLOW.replace('*id.resp_p', 'id.resp_p')}
*source|From|text|64
*mime_type|Type|text|170
*filename|Name|text|180
*seen_bytes|Size|bytes|84
total_bytes|Declared size|bytes|100
missing_bytes|Missing|bytes|90
overflow_bytes|Overflow|bytes|90
*sha256|SHA-256|text|300
sha1|SHA-1|text|280
md5|MD5|text|240
is_orig|Uploaded|bool|84
local_orig|Local source|bool|90
duration|Duration|duration|96
depth|Depth|text|60
timedout|Timed out|bool|84
content_encoding|Encoding|text|90
extracted_note|Note|text|240
fuid|FUID|text|160
${TAIL}`,
  weird: `${FLOW}
*name|What|text|240
*addl|More|text|300
*source|By|text|84
${TAIL}`,
  arp: `*ts|Time|time|206
*operation|Operation|text|100
*orig_h|Sender|address|190
*orig_hw|Sender MAC|text|150
*resp_h|Target|address|190
*resp_hw|Target MAC|text|150
src_mac|Frame from|text|150
dst_mac|Frame to|text|150
*pkt|Packet|number|84
capture|Capture|text|130`,
  packet: `*pkt|Packet|number|90
*ts|Time|time|206
*src|From|address|210
*dst|To|address|230
*proto|Proto|text|80
*service|Service|text|90
*len|Length|number|80
*flags|Flags|text|150
caplen|Captured|number|84
src_p|From port|port|84
dst_p|To port|port|80
flow|Flow|number|76
uid|UID|text|160
interface|Interface|text|90
offset|File offset|number|110
capture|Capture|text|130`,
};

const parse = (text: string): readonly TableColumn[] => text.split('\n').map((line) => {
  const shown = line.startsWith('*');
  const [name = '', title = '', kind = 'text', width = '100'] = (shown ? line.slice(1) : line).split('|');
  return { name, title, kind: kind as TableColumn['kind'], shown, width: Number(width) };
});

/** Columns of every table, in the order in which they are offered. */
export const TABLE_COLUMNS: Readonly<Record<TableName, readonly TableColumn[]>> = Object.fromEntries(
  Object.entries(TABLES).map(([table, text]) => [table, parse(text)]),
) as unknown as Readonly<Record<TableName, readonly TableColumn[]>>;

