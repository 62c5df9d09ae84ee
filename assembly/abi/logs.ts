// The log schemas, compiled by asc (the engine writes columns) and by tsc (the host reads them).
//
// A schema is one text: `name:type` separated by spaces. Column numbers are the positions in that text; the constants
// below each schema repeat them for the engine, and test/unit/assembly/abi.test.ts holds the two together.
//
// Types (the layout of a column is in columns.ts of this folder):
//   time, interval   i64 nanoseconds (time: since the Unix epoch, UTC)
//   u8 u16 u32 u64   unsigned integers; bool is a u8 of 0 or 1
//   addr             16 bytes; IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2)
//   mac              8 bytes, the first six used
//   str              UTF-8 or raw bytes, never longer than MAX_VALUE_BYTES
//   strs             list of str
//   intervals        list of interval
// Every column may be null. Names and meanings are Zeek's where Zeek has the field; `pkt` and `flow` are ours.

/** Version of everything in assembly/abi; the host refuses an engine with another. */
export const ABI_VERSION: u32 = 1;

export const LOG_CONN: u32 = 0;
export const LOG_DNS: u32 = 1;
export const LOG_HTTP: u32 = 2;
export const LOG_SSL: u32 = 3;
/** One row a certificate seen in a handshake; the body side turns it into x509 and files rows. */
export const LOG_CERT: u32 = 4;
/** One row a body; mime type and hashes are filled in by the body side. */
export const LOG_FILES: u32 = 5;
export const LOG_WEIRD: u32 = 6;
export const LOG_ARP: u32 = 7;
/** One row a packet, in the order of the file: row r of the log is packet r + 1. */
export const LOG_PACKET: u32 = 8;
/** Names that the capture itself carries (pcapng name resolution blocks). */
export const LOG_NAME: u32 = 9;
/** Interfaces of the capture. */
export const LOG_INTERFACE: u32 = 10;
/** How many logs the engine writes. */
export const ENGINE_LOGS: u32 = 11;
/** Written by the host from LOG_CERT; never by the engine. */
export const LOG_X509: u32 = 11;
export const LOG_COUNT: u32 = 12;

// The columns that every log of a flow begins with.
export const COL_TS: u32 = 0;
export const COL_UID: u32 = 1;
export const COL_ORIG_H: u32 = 2;
export const COL_ORIG_P: u32 = 3;
export const COL_RESP_H: u32 = 4;
export const COL_RESP_P: u32 = 5;
/** Number of the packet that made the row's first fact, from 1. */
export const COL_PKT: u32 = 6;
/** Ordinal of the flow in the capture, from 1; joins rows to conn without comparing strings. */
export const COL_FLOW: u32 = 7;
export const COMMON_COLUMNS: u32 = 8;

export const CONN_SCHEMA: string = "ts:time uid:str id.orig_h:addr id.orig_p:u16 id.resp_h:addr id.resp_p:u16 pkt:u32 flow:u32 proto:u8 service:str duration:interval orig_bytes:u64 resp_bytes:u64 conn_state:u8 local_orig:bool local_resp:bool missed_bytes:u64 history:str orig_pkts:u64 orig_ip_bytes:u64 resp_pkts:u64 resp_ip_bytes:u64 tunnel_parents:strs ip_proto:u8 community_id:str orig_l2_addr:mac resp_l2_addr:mac vlan:u16 inner_vlan:u16 tunnel:u8";
export const CONN_PROTO: u32 = 8;
export const CONN_SERVICE: u32 = 9;
export const CONN_DURATION: u32 = 10;
export const CONN_ORIG_BYTES: u32 = 11;
export const CONN_RESP_BYTES: u32 = 12;
export const CONN_CONN_STATE: u32 = 13;
export const CONN_LOCAL_ORIG: u32 = 14;
export const CONN_LOCAL_RESP: u32 = 15;
export const CONN_MISSED_BYTES: u32 = 16;
export const CONN_HISTORY: u32 = 17;
export const CONN_ORIG_PKTS: u32 = 18;
export const CONN_ORIG_IP_BYTES: u32 = 19;
export const CONN_RESP_PKTS: u32 = 20;
export const CONN_RESP_IP_BYTES: u32 = 21;
export const CONN_TUNNEL_PARENTS: u32 = 22;
export const CONN_IP_PROTO: u32 = 23;
export const CONN_COMMUNITY_ID: u32 = 24;
export const CONN_ORIG_L2_ADDR: u32 = 25;
export const CONN_RESP_L2_ADDR: u32 = 26;
export const CONN_VLAN: u32 = 27;
export const CONN_INNER_VLAN: u32 = 28;
/** The tunnel that carried the flow (TUNNEL_*), null when none. */
export const CONN_TUNNEL: u32 = 29;

export const DNS_SCHEMA: string = "ts:time uid:str id.orig_h:addr id.orig_p:u16 id.resp_h:addr id.resp_p:u16 pkt:u32 flow:u32 proto:u8 trans_id:u16 rtt:interval query:str qclass:u16 qtype:u16 rcode:u16 AA:bool TC:bool RD:bool RA:bool Z:u8 answers:strs TTLs:intervals rejected:bool opcode:u8";
export const DNS_PROTO: u32 = 8;
export const DNS_TRANS_ID: u32 = 9;
export const DNS_RTT: u32 = 10;
export const DNS_QUERY: u32 = 11;
export const DNS_QCLASS: u32 = 12;
export const DNS_QTYPE: u32 = 13;
export const DNS_RCODE: u32 = 14;
export const DNS_AA: u32 = 15;
export const DNS_TC: u32 = 16;
export const DNS_RD: u32 = 17;
export const DNS_RA: u32 = 18;
export const DNS_Z: u32 = 19;
export const DNS_ANSWERS: u32 = 20;
export const DNS_TTLS: u32 = 21;
export const DNS_REJECTED: u32 = 22;
export const DNS_OPCODE: u32 = 23;

export const HTTP_SCHEMA: string = "ts:time uid:str id.orig_h:addr id.orig_p:u16 id.resp_h:addr id.resp_p:u16 pkt:u32 flow:u32 trans_depth:u32 method:str host:str uri:str referrer:str version:str user_agent:str origin:str request_body_len:u64 response_body_len:u64 status_code:u16 status_msg:str info_code:u16 info_msg:str username:str password:str proxied:strs orig_fuids:strs orig_filenames:strs resp_fuids:strs resp_filenames:strs cookie:str content_type:str location:str server:str uri_raw:str";
export const HTTP_TRANS_DEPTH: u32 = 8;
export const HTTP_METHOD: u32 = 9;
export const HTTP_HOST: u32 = 10;
export const HTTP_URI: u32 = 11;
export const HTTP_REFERRER: u32 = 12;
export const HTTP_VERSION: u32 = 13;
export const HTTP_USER_AGENT: u32 = 14;
export const HTTP_ORIGIN: u32 = 15;
export const HTTP_REQUEST_BODY_LEN: u32 = 16;
export const HTTP_RESPONSE_BODY_LEN: u32 = 17;
export const HTTP_STATUS_CODE: u32 = 18;
export const HTTP_STATUS_MSG: u32 = 19;
export const HTTP_INFO_CODE: u32 = 20;
export const HTTP_INFO_MSG: u32 = 21;
export const HTTP_USERNAME: u32 = 22;
export const HTTP_PASSWORD: u32 = 23;
export const HTTP_PROXIED: u32 = 24;
export const HTTP_ORIG_FUIDS: u32 = 25;
export const HTTP_ORIG_FILENAMES: u32 = 26;
export const HTTP_RESP_FUIDS: u32 = 27;
export const HTTP_RESP_FILENAMES: u32 = 28;
/** Request's Cookie header (ours). */
export const HTTP_COOKIE: u32 = 29;
/** Response's Content-Type as declared (ours). */
export const HTTP_CONTENT_TYPE: u32 = 30;
/** Response's Location header (ours). */
export const HTTP_LOCATION: u32 = 31;
/** Response's Server header (ours). */
export const HTTP_SERVER: u32 = 32;
/** The request target as it was sent, where `uri` (escapes undone, as in Zeek) differs from it (ours). */
export const HTTP_URI_RAW: u32 = 33;

export const SSL_SCHEMA: string = "ts:time uid:str id.orig_h:addr id.orig_p:u16 id.resp_h:addr id.resp_p:u16 pkt:u32 flow:u32 version:u16 cipher:u16 curve:u16 server_name:str resumed:bool last_alert:u8 next_protocol:str established:bool ssl_history:str cert_chain_fps:strs client_cert_chain_fps:strs cert_chain_fuids:strs client_cert_chain_fuids:strs ja3:str ja3s:str ja4:str";
export const SSL_VERSION: u32 = 8;
export const SSL_CIPHER: u32 = 9;
export const SSL_CURVE: u32 = 10;
export const SSL_SERVER_NAME: u32 = 11;
export const SSL_RESUMED: u32 = 12;
export const SSL_LAST_ALERT: u32 = 13;
export const SSL_NEXT_PROTOCOL: u32 = 14;
export const SSL_ESTABLISHED: u32 = 15;
export const SSL_SSL_HISTORY: u32 = 16;
export const SSL_CERT_CHAIN_FPS: u32 = 17;
export const SSL_CLIENT_CERT_CHAIN_FPS: u32 = 18;
export const SSL_CERT_CHAIN_FUIDS: u32 = 19;
export const SSL_CLIENT_CERT_CHAIN_FUIDS: u32 = 20;
export const SSL_JA3: u32 = 21;
export const SSL_JA3S: u32 = 22;
export const SSL_JA4: u32 = 23;

export const CERT_SCHEMA: string = "ts:time uid:str id.orig_h:addr id.orig_p:u16 id.resp_h:addr id.resp_p:u16 pkt:u32 flow:u32 fuid:str is_orig:bool chain_index:u16 sha256:str der:str";
export const CERT_FUID: u32 = 8;
/** True when the client sent it. */
export const CERT_IS_ORIG: u32 = 9;
/** Place in the chain, 0 = end entity. */
export const CERT_CHAIN_INDEX: u32 = 10;
/** Fingerprint, lower-case hexadecimal. */
export const CERT_SHA256: u32 = 11;
/** The DER bytes; null when an earlier row of this run had the same fingerprint. */
export const CERT_DER: u32 = 12;

export const FILES_SCHEMA: string = "ts:time uid:str id.orig_h:addr id.orig_p:u16 id.resp_h:addr id.resp_p:u16 pkt:u32 flow:u32 fuid:str source:str depth:u32 mime_type:str filename:str duration:interval local_orig:bool is_orig:bool seen_bytes:u64 total_bytes:u64 missing_bytes:u64 overflow_bytes:u64 timedout:bool md5:str sha1:str sha256:str content_encoding:str body:u32 extracted_note:str";
export const FILES_FUID: u32 = 8;
export const FILES_SOURCE: u32 = 9;
export const FILES_DEPTH: u32 = 10;
export const FILES_MIME_TYPE: u32 = 11;
export const FILES_FILENAME: u32 = 12;
export const FILES_DURATION: u32 = 13;
export const FILES_LOCAL_ORIG: u32 = 14;
export const FILES_IS_ORIG: u32 = 15;
/** Bytes after content decoding; the engine writes what it saw on the wire, the body side replaces it. */
export const FILES_SEEN_BYTES: u32 = 16;
export const FILES_TOTAL_BYTES: u32 = 17;
export const FILES_MISSING_BYTES: u32 = 18;
export const FILES_OVERFLOW_BYTES: u32 = 19;
export const FILES_TIMEDOUT: u32 = 20;
export const FILES_MD5: u32 = 21;
export const FILES_SHA1: u32 = 22;
export const FILES_SHA256: u32 = 23;
/** Content-Encoding as declared: what the body side undoes (ours). */
export const FILES_CONTENT_ENCODING: u32 = 24;
/** Number of the body in the run, from 1: joins the row to the body's bytes (ours). */
export const FILES_BODY: u32 = 25;
/** Why the body is incomplete or was not decoded, in words (ours); null when whole. */
export const FILES_NOTE: u32 = 26;

export const WEIRD_SCHEMA: string = "ts:time uid:str id.orig_h:addr id.orig_p:u16 id.resp_h:addr id.resp_p:u16 pkt:u32 flow:u32 weird:u16 addl:str source:str";
/** Code of the name (WEIRD_* in weirds.ts); the host writes the name. */
export const WEIRD_WEIRD: u32 = 8;
export const WEIRD_ADDL: u32 = 9;
export const WEIRD_SOURCE: u32 = 10;

export const ARP_SCHEMA: string = "ts:time pkt:u32 operation:u16 src_mac:mac dst_mac:mac orig_h:addr orig_hw:mac resp_h:addr resp_hw:mac";
export const ARP_TS: u32 = 0;
export const ARP_PKT: u32 = 1;
/** RFC 826 opcode: 1 request, 2 reply. */
export const ARP_OPERATION: u32 = 2;
export const ARP_SRC_MAC: u32 = 3;
export const ARP_DST_MAC: u32 = 4;
export const ARP_ORIG_H: u32 = 5;
export const ARP_ORIG_HW: u32 = 6;
export const ARP_RESP_H: u32 = 7;
export const ARP_RESP_HW: u32 = 8;

export const PACKET_SCHEMA: string = "ts:time offset:u64 caplen:u32 len:u32 flow:u32 interface:u16 proto:u8 flags:u8";
export const PACKET_TS: u32 = 0;
/** Where the packet's bytes begin in the (decompressed) capture. */
export const PACKET_OFFSET: u32 = 1;
export const PACKET_CAPLEN: u32 = 2;
export const PACKET_LEN: u32 = 3;
/** Innermost flow, 0 when the packet belongs to none. */
export const PACKET_FLOW: u32 = 4;
/** Row of the interface log. */
export const PACKET_INTERFACE: u32 = 5;
/** What the packet is at its innermost (PACKET_PROTO_* in enums.ts). */
export const PACKET_PROTO: u32 = 6;
/** Bits PACKET_FLAG_* in enums.ts. */
export const PACKET_FLAGS: u32 = 7;

export const NAME_SCHEMA: string = "addr:addr name:str";
export const NAME_ADDR: u32 = 0;
export const NAME_NAME: u32 = 1;

export const INTERFACE_SCHEMA: string = "linktype:u16 snaplen:u32 ticks_per_second:u64 name:str description:str section:u32 filter:str os:str";
export const INTERFACE_LINKTYPE: u32 = 0;
export const INTERFACE_SNAPLEN: u32 = 1;
export const INTERFACE_TICKS_PER_SECOND: u32 = 2;
export const INTERFACE_NAME: u32 = 3;
export const INTERFACE_DESCRIPTION: u32 = 4;
/** Section of the file, from 1. */
export const INTERFACE_SECTION: u32 = 5;
export const INTERFACE_FILTER: u32 = 6;
export const INTERFACE_OS: u32 = 7;

/** Host only (not written by the engine); Zeek's x509.log. */
export const X509_SCHEMA: string = "ts:time uid:str id.orig_h:addr id.orig_p:u16 id.resp_h:addr id.resp_p:u16 pkt:u32 flow:u32 fingerprint:str certificate.version:u8 certificate.serial:str certificate.subject:str certificate.issuer:str certificate.not_valid_before:time certificate.not_valid_after:time certificate.key_alg:str certificate.sig_alg:str certificate.key_type:str certificate.key_length:u32 certificate.exponent:str certificate.curve:str san.dns:strs san.uri:strs san.email:strs san.ip:strs basic_constraints.ca:bool basic_constraints.path_len:u32 host_cert:bool client_cert:bool sha1:str md5:str der:str error:str";
