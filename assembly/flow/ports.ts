// Ports that servers listen on: the guess of who is the responder when a flow does not begin with a SYN. The set is what
// Zeek's default scripts put into likely_server_ports.

import { PROTO_TCP } from "../abi/enums";

const TCP: usize = memory.data(8192, 16);
const UDP: usize = memory.data(8192, 16);

// @ts-ignore: decorator
@inline
function add(table: usize, port: u32): void {
  const at = table + (port >> 3);
  store<u8>(at, <u32>load<u8>(at) | ((<u32>1) << (port & 7)));
}

const TCP_PORTS: StaticArray<u16> = [
  21, 2811, 22, 25, 587, 53, 80, 81, 631, 1080, 3128, 8000, 8080, 8888, 88, 110, 143, 135, 139, 445, 389, 3268, 443, 563,
  585, 614, 636, 989, 990, 992, 993, 994, 995, 5223, 502, 20000, 1434, 3306, 3389, 1883, 6666, 6667, 6668, 6669, 5222,
  5269, 5060, 5432,
];
const UDP_PORTS: StaticArray<u16> = [
  53, 137, 5353, 5355, 67, 4011, 123, 161, 162, 88, 443, 1812, 3544, 5072, 4789, 6081, 2152, 2123, 20000, 5060, 514,
  389, 3268,
];

/** Fills the tables; once, at start-up. */
export function preparePorts(): void {
  for (let i = 0; i < TCP_PORTS.length; i++) add(TCP, unchecked(TCP_PORTS[i]));
  for (let i = 0; i < UDP_PORTS.length; i++) add(UDP, unchecked(UDP_PORTS[i]));
}

/** True when servers of the transport (PROTO_TCP, else UDP) are known to listen on the port. */
export function isLikelyServer(proto: u32, port: u32): bool {
  const table = proto == PROTO_TCP ? TCP : UDP;
  return (((<u32>load<u8>(table + (port >> 3))) >> (port & 7)) & 1) != 0;
}
