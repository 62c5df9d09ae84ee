// Going back to the bytes: single packets, streams, bodies, and captures cut out of captures.

export { PacketIndex, type PacketHead } from './packet-index';
export { followStream, MAX_STREAM_BYTES, type FollowedPart } from './follow';
export { carveBody, MAX_CARVED_BYTES } from './carve';
export { joinBlocks, PcapngWriter } from './pcapng';
export { dissect } from './dissect';
