import { readPackets, writePcap, writePcapng, type Packet } from './packets';

/** Leaves out parts of a list as long as `fails` holds: halves, quarters, …, single ones. */
function fewer<T>(list: readonly T[], fails: (part: readonly T[]) => boolean, over: () => boolean): readonly T[] {
  let kept = list;
  for (let size = Math.ceil(list.length / 2); size >= 1 && !over(); size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length && !over();) {
      const part = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (part.length > 0 && fails(part)) kept = part;
      else at += size;
    }
  }
  return kept;
}

/** A smaller file that fails in the same way, found within `seconds`: without packets, then without bytes, that do not matter. */
export function minimised(file: Buffer, fails: (file: Buffer) => boolean, seconds: number): Buffer {
  const end = performance.now() + seconds * 1000;
  const over = (): boolean => performance.now() > end;
  let best = file;
  const packets = readPackets(file);
  for (const write of [writePcap, writePcapng] as const) {
    if (packets.length === 0 || !fails(write(packets))) continue;
    let kept = [...fewer<Packet>(packets, (part) => fails(write(part)), over)];
    for (let i = 0; i < kept.length && !over(); i++) {
      for (let less = kept[i]!.bytes.length >> 1; less > 0 && !over();) {
        const packet = kept[i]!;
        const bytes = packet.bytes.subarray(0, packet.bytes.length - less);
        const shorter = kept.map((other, at) => (at === i ? { ...packet, bytes } : other));
        if (packet.bytes.length >= less && fails(write(shorter))) kept = shorter;
        else less >>= 1;
      }
    }
    best = write(kept);
    return best;
  }
  const blocks: Buffer[] = [];
  for (let at = 0; at < file.length; at += 4) blocks.push(file.subarray(at, at + 4));
  best = Buffer.concat(fewer(blocks, (part) => fails(Buffer.concat(part)), over));
  return best;
}
