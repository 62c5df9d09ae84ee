// Codes that cross the boundary; the host's tables of names are in web/logs/names/.

export const PROTO_UNKNOWN: u32 = 0;
export const PROTO_TCP: u32 = 1;
export const PROTO_UDP: u32 = 2;
export const PROTO_ICMP: u32 = 3;
/** Zeek writes icmp for ICMPv6 too; kept apart here. */
export const PROTO_ICMP6: u32 = 4;
/** Zeek writes unknown_transport; ip_proto says which. */
export const PROTO_SCTP: u32 = 5;
/** Any other IP protocol: a flow of Zeek's unknown_transport. */
export const PROTO_OTHER: u32 = 6;

// conn_state, in the order of Zeek's documentation of conn.log.
export const STATE_S0: u32 = 0;
export const STATE_S1: u32 = 1;
export const STATE_SF: u32 = 2;
export const STATE_REJ: u32 = 3;
export const STATE_S2: u32 = 4;
export const STATE_S3: u32 = 5;
export const STATE_RSTO: u32 = 6;
export const STATE_RSTR: u32 = 7;
export const STATE_RSTOS0: u32 = 8;
export const STATE_RSTRH: u32 = 9;
export const STATE_SH: u32 = 10;
export const STATE_SHR: u32 = 11;
export const STATE_OTH: u32 = 12;

export const TUNNEL_NONE: u32 = 0;
export const TUNNEL_IP: u32 = 1;
export const TUNNEL_GRE: u32 = 2;
export const TUNNEL_ERSPAN: u32 = 3;
export const TUNNEL_VXLAN: u32 = 4;
export const TUNNEL_GENEVE: u32 = 5;
export const TUNNEL_GTPV1: u32 = 6;
export const TUNNEL_TEREDO: u32 = 7;
export const TUNNEL_6IN4: u32 = 8;
export const TUNNEL_AYIYA: u32 = 9;

/** What a packet is, for the packet list and the timeline's classes. */
export const PACKET_PROTO_UNDECODED: u32 = 0;
export const PACKET_PROTO_TCP: u32 = 1;
export const PACKET_PROTO_UDP: u32 = 2;
export const PACKET_PROTO_ICMP: u32 = 3;
export const PACKET_PROTO_ICMP6: u32 = 4;
export const PACKET_PROTO_SCTP: u32 = 5;
export const PACKET_PROTO_ARP: u32 = 6;
export const PACKET_PROTO_FRAGMENT: u32 = 7;
export const PACKET_PROTO_IP_OTHER: u32 = 8;
export const PACKET_PROTO_LINK_OTHER: u32 = 9;

/** The responder sent it. */
export const PACKET_FLAG_FROM_RESP: u32 = 1;
/** Fewer bytes were captured than were on the wire. */
export const PACKET_FLAG_CUT: u32 = 2;
/** Something was wrong with it (a weird names what). */
export const PACKET_FLAG_WEIRD: u32 = 4;
export const PACKET_FLAG_SYN: u32 = 8;
export const PACKET_FLAG_FIN: u32 = 16;
export const PACKET_FLAG_RST: u32 = 32;
/** It carried payload of its flow. */
export const PACKET_FLAG_PAYLOAD: u32 = 64;

// What the engine says of the input (exported status()).
export const CAPTURE_PENDING: u32 = 0;
export const CAPTURE_OK: u32 = 1;
/** The first bytes are of no format that is known. */
export const CAPTURE_NOT_A_CAPTURE: u32 = 2;
/** The input ended inside a record; everything before it was analysed. */
export const CAPTURE_TRUNCATED: u32 = 3;
/** A record could not be read and no way to resynchronise was found; everything before it was analysed. */
export const CAPTURE_DAMAGED: u32 = 4;
/** A capture format that is known by its first bytes but not read (snoop, ERF, NetMon, …): FOREIGN_* says which. */
export const CAPTURE_FOREIGN: u32 = 5;

// body_event kinds.
export const BODY_BEGIN: u32 = 0;
export const BODY_DATA: u32 = 1;
/** `length` bytes are missing here. */
export const BODY_GAP: u32 = 2;
export const BODY_END: u32 = 3;

// configure() options.
/** 1: every reassembled byte is handed to stream_event (follow a stream). */
export const OPTION_STREAM_TAP: u32 = 1;
/** 0: no packet rows. */
export const OPTION_PACKET_LOG: u32 = 3;
/** 0: bodies are not handed out. */
export const OPTION_BODIES: u32 = 4;
/** Engines that share the capture (1), and which of them this one is (0): set before the capture begins. */
export const OPTION_SHARES: u32 = 5;
export const OPTION_SHARE: u32 = 6;
/** Flows kept at once, 64 at least; MAX_FLOWS of memory/limits.ts when it is 0 or more than that. */
export const OPTION_FLOWS: u32 = 7;

// Content codings of a body (FILES content_encoding says the same in words).
export const ENCODING_IDENTITY: u32 = 0;
export const ENCODING_GZIP: u32 = 1;
export const ENCODING_DEFLATE: u32 = 2;
export const ENCODING_BR: u32 = 3;
export const ENCODING_ZSTD: u32 = 4;
export const ENCODING_OTHER: u32 = 5;
