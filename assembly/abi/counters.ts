// Counters of the engine: u64 each, read as one table (exported counters()). Names for people are in
// web/engine/coverage.ts.

export const COUNTER_PACKETS: u32 = 0;
/** Captured bytes of packets (without record headers). */
export const COUNTER_BYTES: u32 = 1;
/** Packets decoded to a transport or a protocol of their own (ARP). */
export const COUNTER_PACKETS_DECODED: u32 = 2;
export const COUNTER_BYTES_DECODED: u32 = 3;
/** Link type not decoded. */
export const COUNTER_UNDECODED_LINK_PACKETS: u32 = 4;
export const COUNTER_UNDECODED_LINK_BYTES: u32 = 5;
/** Link type decoded, but the network protocol it carries is not (LLDP, STP, IPX, …). */
export const COUNTER_UNDECODED_NETWORK_PACKETS: u32 = 6;
export const COUNTER_UNDECODED_NETWORK_BYTES: u32 = 7;
/** Headers cut by the snap length or lying about their length. */
export const COUNTER_MALFORMED_PACKETS: u32 = 8;
export const COUNTER_MALFORMED_BYTES: u32 = 9;
/** Packets of which fewer bytes were captured than were on the wire, and how many are missing. */
export const COUNTER_CUT_PACKETS: u32 = 10;
export const COUNTER_CUT_BYTES: u32 = 11;
/** Bytes of TCP streams that were acknowledged or followed on but never seen. */
export const COUNTER_GAP_BYTES: u32 = 12;
export const COUNTER_GAPS: u32 = 13;
/** Fragments, and datagrams put together from them. */
export const COUNTER_FRAGMENTS: u32 = 14;
export const COUNTER_FRAGMENTS_REASSEMBLED: u32 = 15;
export const COUNTER_FRAGMENTS_EXPIRED: u32 = 16;
/** Bytes of the file skipped to find the next record after a damaged one, and how often. */
export const COUNTER_RESYNC_BYTES: u32 = 17;
export const COUNTER_RESYNCS: u32 = 18;
export const COUNTER_UNKNOWN_BLOCKS: u32 = 19;
export const COUNTER_FLOWS: u32 = 20;
export const COUNTER_BAD_CHECKSUMS: u32 = 21;
/** Stream bytes handed to a dissector / of flows whose protocol no dissector claimed. */
export const COUNTER_STREAM_BYTES_DISSECTED: u32 = 22;
export const COUNTER_STREAM_BYTES_UNKNOWN: u32 = 23;
export const COUNTER_RETRANSMITTED_BYTES: u32 = 24;
/** Retransmissions whose bytes differ from the first ones (TCP overlap evasion). */
export const COUNTER_OVERLAP_DIFFERENT: u32 = 25;

// Caps tripped (each names the limit in memory/limits.ts that was reached).
export const COUNTER_CAP_FLOWS: u32 = 32;
export const COUNTER_CAP_SEGMENTS_FLOW: u32 = 33;
export const COUNTER_CAP_SEGMENTS_TOTAL: u32 = 34;
export const COUNTER_CAP_FRAGMENTS: u32 = 35;
export const COUNTER_CAP_TUNNEL_DEPTH: u32 = 36;
export const COUNTER_CAP_SLAB: u32 = 37;
export const COUNTER_VALUES_CUT: u32 = 38;
export const COUNTER_CAP_LIST_ITEMS: u32 = 39;
export const COUNTER_CAP_HTTP_HEADERS: u32 = 40;
export const COUNTER_CAP_HTTP_PENDING: u32 = 41;
export const COUNTER_CAP_DNS_PENDING: u32 = 42;
export const COUNTER_CAP_TLS_HANDSHAKE: u32 = 43;
export const COUNTER_CAP_LINE: u32 = 44;
export const COUNTER_CAP_WEIRDS: u32 = 45;
export const COUNTER_CAP_IPV6_EXTENSIONS: u32 = 46;
export const COUNTER_CAP_MPLS_LABELS: u32 = 47;
export const COUNTER_CAP_RECORD_BYTES: u32 = 48;
export const COUNTER_CAP_INTERFACES: u32 = 49;
export const COUNTER_CAP_BODIES: u32 = 50;
export const COUNTER_CAP_NAMES: u32 = 51;
/** First counter of the caps and one past the last. */
export const COUNTER_CAPS_BEGIN: u32 = 32;
export const COUNTER_CAPS_END: u32 = 52;
export const COUNTER_COUNT: u32 = 64;
