import * as c from '../../assembly/abi/counters';

/** What a counter of the engine says, in words. `packets` and `bytes` are the counters that count it; −1 = not counted so. */
export interface CoverageWords {
  readonly label: string;
  readonly kind: 'decoded' | 'undecoded' | 'missing' | 'cap' | 'note';
  /** A sentence: what it means and, where there is something to do, what. */
  readonly text: string;
  readonly packets: number;
  readonly bytes: number;
}

const line = (kind: CoverageWords['kind'], packets: number, bytes: number, label: string, text: string): CoverageWords => ({ kind, packets, bytes, label, text });

/** Every reason why something was decoded, was not, or is missing; caps are in CAP_WORDS. In the order of the report. */
export const COVERAGE_WORDS: readonly CoverageWords[] = [
  line('decoded', c.COUNTER_PACKETS_DECODED, c.COUNTER_BYTES_DECODED, 'Decoded', 'Decoded to a transport or to a protocol of its own (ARP).'),
  line('undecoded', c.COUNTER_UNDECODED_NETWORK_PACKETS, c.COUNTER_UNDECODED_NETWORK_BYTES, 'Network protocol not decoded', 'Frames that carry neither IP nor ARP, for example LLDP, spanning tree or IPX.'),
  line('undecoded', c.COUNTER_MALFORMED_PACKETS, c.COUNTER_MALFORMED_BYTES, 'Malformed', 'Headers that were cut by the snap length or are wrong about their own length; the weird log names each.'),
  line('undecoded', -1, c.COUNTER_STREAM_BYTES_UNKNOWN, 'Payload of unknown protocol', 'Stream bytes of flows whose protocol no dissector knows; the flows themselves are in the list.'),
  line('decoded', -1, c.COUNTER_STREAM_BYTES_DISSECTED, 'Payload dissected', 'Stream bytes that a protocol dissector read.'),
  line('missing', c.COUNTER_CUT_PACKETS, c.COUNTER_CUT_BYTES, 'Cut by the snap length', 'Bytes that were on the wire but were not captured. Capture with a snap length of 0 to get whole packets.'),
  line('missing', c.COUNTER_GAPS, c.COUNTER_GAP_BYTES, 'Gaps in TCP streams', 'Stream bytes that were acknowledged or followed on but are not in the capture; what hangs on them may be missing.'),
  line('missing', c.COUNTER_RESYNCS, c.COUNTER_RESYNC_BYTES, 'Damaged records', 'Bytes of the file that were skipped to find the next packet after a damaged one.'),
  line('missing', c.COUNTER_FRAGMENTS_EXPIRED, -1, 'Incomplete fragments', 'IP datagrams of which not every fragment was in the capture.'),
  line('note', c.COUNTER_UNKNOWN_BLOCKS, -1, 'Blocks of the file passed over', 'pcapng blocks of types that carry no packets or names.'),
  line('note', c.COUNTER_FRAGMENTS, -1, 'IP fragments', 'Fragments; they were put together before anything else was read.'),
  line('note', c.COUNTER_FRAGMENTS_REASSEMBLED, -1, 'Datagrams put together', 'IP datagrams that were put together from fragments.'),
  line('note', -1, c.COUNTER_RETRANSMITTED_BYTES, 'Retransmitted', 'Stream bytes that were sent more than once; the first copy counts.'),
  line('note', c.COUNTER_OVERLAP_DIFFERENT, -1, 'Retransmissions with other bytes', 'Segments that overlap earlier ones but say something else: a fault, or someone evading detection. The first copy was used.'),
  line('note', c.COUNTER_BAD_CHECKSUMS, -1, 'Bad checksums', 'Packets whose checksum is wrong; often only because the network card computes it after the capture.'),
];

const cap = (counter: number, label: string, text: string): CoverageWords => line('cap', counter, -1, `Cap: ${label}`, text);

/** What it means that a cap of assembly/memory/limits.ts tripped. `packets` counts how often. */
export const CAP_WORDS: readonly CoverageWords[] = [
  cap(c.COUNTER_CAP_FLOWS, 'concurrent flows', 'The oldest flows were ended early to make room; a flow that went on afterwards is listed twice.'),
  cap(c.COUNTER_CAP_SEGMENTS_FLOW, 'out-of-order data of one flow', 'A flow had more data waiting for a missing segment than is kept; the gap was skipped.'),
  cap(c.COUNTER_CAP_SEGMENTS_TOTAL, 'out-of-order data in total', 'All flows together had more data waiting for missing segments than is kept; gaps were skipped.'),
  cap(c.COUNTER_CAP_FRAGMENTS, 'IP fragments in waiting', 'Fragments were dropped before their datagram was whole.'),
  cap(c.COUNTER_CAP_TUNNEL_DEPTH, 'nested tunnels', 'Tunnels inside tunnels beyond the cap were not opened.'),
  cap(c.COUNTER_CAP_SLAB, 'memory of protocol state', 'A dissector got no memory for a flow; the flow is listed without its details.'),
  cap(c.COUNTER_VALUES_CUT, 'length of a value', 'Values longer than the cap were cut.'),
  cap(c.COUNTER_CAP_LIST_ITEMS, 'items of a list', 'Lists longer than the cap (answers, certificates, file names) were cut.'),
  cap(c.COUNTER_CAP_HTTP_HEADERS, 'HTTP header size', 'Headers beyond the cap were not read.'),
  cap(c.COUNTER_CAP_HTTP_PENDING, 'HTTP requests without an answer', 'More requests waited for their answer than are kept; the oldest were logged without one.'),
  cap(c.COUNTER_CAP_DNS_PENDING, 'DNS queries without an answer', 'More queries waited for their answer than are kept; the oldest were logged without one.'),
  cap(c.COUNTER_CAP_TLS_HANDSHAKE, 'TLS handshake size', 'A handshake message was larger than the cap and was not read to its end.'),
  cap(c.COUNTER_CAP_LINE, 'length of a line', 'Lines of a text protocol longer than the cap were cut.'),
  cap(c.COUNTER_CAP_WEIRDS, 'weird rows', 'A flow or packet had more oddities than are logged.'),
  cap(c.COUNTER_CAP_IPV6_EXTENSIONS, 'IPv6 extension headers', 'Packets with more extension headers than the cap were not read further.'),
  cap(c.COUNTER_CAP_MPLS_LABELS, 'MPLS labels', 'Packets with more labels than the cap were not read further.'),
  cap(c.COUNTER_CAP_RECORD_BYTES, 'size of one packet', 'Records larger than the cap were skipped.'),
  cap(c.COUNTER_CAP_INTERFACES, 'interfaces of a file', 'Interfaces beyond the cap share the last one.'),
  cap(c.COUNTER_CAP_BODIES, 'file bodies at once', 'Bodies beyond the cap were counted but neither hashed nor identified.'),
  cap(c.COUNTER_CAP_NAMES, 'names in the file', 'Name resolution records beyond the cap were not read.'),
];
