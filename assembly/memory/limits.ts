// Every cap of the engine, in one place. When one is reached its counter (COUNTER_CAP_* in abi/counters.ts) goes up, the
// engine goes on without the part that did not fit, and the page says so.

/** Flows kept at once; beyond it the least recently active one is closed. */
export const MAX_FLOWS: u32 = 1 << 20;
/** Bytes of slab memory (dissector state, pending rows, lines, kept segments): with MAX_FLOWS flows the engine has 700 MiB at the most. */
export const MAX_SLAB_BYTES: u32 = 256 << 20;
/** Out-of-order bytes kept for one direction of a flow (window scaling allows more, real gaps rarely fill it). */
export const MAX_SEGMENT_BYTES_FLOW: u32 = 4 << 20;
/** Out-of-order bytes kept for all flows. */
export const MAX_SEGMENT_BYTES_TOTAL: u32 = 128 << 20;
/** Out-of-order pieces of one direction of a flow: bounds the cost of an insertion. */
export const MAX_SEGMENTS_FLOW: u32 = 4096;
/** Bytes above a hole while the other side acknowledges nothing: then the hole is given up (Zeek: tcp_max_above_hole_without_any_acks). */
export const MAX_ABOVE_HOLE_WITHOUT_ACKS: u32 = 16384;
/** Datagrams being put together from fragments. */
export const MAX_FRAGMENTED_DATAGRAMS: u32 = 4096;
/** Fragments of one datagram. */
export const MAX_FRAGMENTS_DATAGRAM: u32 = 128;
/** Tunnels within tunnels. */
export const MAX_TUNNEL_DEPTH: u32 = 4;
/** IPv6 extension headers of one packet. */
export const MAX_IPV6_EXTENSIONS: u32 = 16;
/** MPLS labels, and VLAN tags, of one packet. */
export const MAX_LABELS: u32 = 16;
/** Link layers within link layers of one packet, tunnels apart: MPLS pseudowires, PPI, PKTAP. */
export const MAX_NESTED_LAYERS: u32 = 8;
/** Captured bytes of one packet record; a longer length is taken for damage (libpcap: MAXIMUM_SNAPLEN is 262144; larger occur). */
export const MAX_PACKET_BYTES: u32 = 16 << 20;
/** One pcapng block that is not a packet. */
export const MAX_BLOCK_BYTES: u32 = 16 << 20;
/** Interfaces of one capture. */
export const MAX_INTERFACES: u32 = 4096;
/** Names taken from name resolution blocks. */
export const MAX_NAMES: u32 = 65536;
/** First bytes of a stream direction kept until its protocol is told. */
export const MAX_IDENTIFY_BYTES: u32 = 2048;
/** One line (HTTP request line, status line, header). */
export const MAX_LINE_BYTES: u32 = 65536;
/** Header fields of one HTTP message. */
export const MAX_HTTP_HEADERS: u32 = 1024;
/** Requests without their response yet, of one connection. */
export const MAX_HTTP_PENDING: u32 = 128;
/** DNS queries without their answer yet, of one flow. */
export const MAX_DNS_PENDING: u32 = 128;
/** Handshake bytes of one direction of a TLS connection. */
export const MAX_TLS_HANDSHAKE_BYTES: u32 = 262144;
/** One DTLS handshake message that comes in pieces, and all of them at once. */
export const MAX_DTLS_MESSAGE_BYTES: u32 = 65536;
export const MAX_DTLS_ASSEMBLY_BYTES: u32 = 64 << 20;
/** Weirds of one flow. Rows of one weird in a capture: MAX_WEIRD_ROWS of abi/columns.ts, which the host knows, too. */
export const MAX_WEIRDS_FLOW: u32 = 64;
/** Bytes of one pending row. */
export const MAX_DRAFT_BYTES: u32 = 262144;
/** Bodies handed to the host at once. */
export const MAX_OPEN_BODIES: u32 = 65536;
/** DEFLATE streams with their tables and window in the engine's memory; of more the host keeps state and window, and puts them back in turn. */
export const MAX_INFLATE_SLOTS: u32 = 128;
