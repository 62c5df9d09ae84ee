import type { PacketDetail, Result, Saved, Stream, TimeZone } from '../api';
import type { CaptureLocator } from '../../capture/open';
import type { CaptureTables } from '../../logs/table';

/** The capture that packets are read from. */
export interface PacketSource {
  readonly id: number;
  readonly name: string;
  readonly tables: CaptureTables;
  /** The File as dropped (or kept); null while it is not attached. */
  readonly file: Blob | null;
  /** Where the capture lies within the file; absent = the file itself, as it is. */
  readonly locator?: CaptureLocator;
}

/** Reads packets, streams and bodies again from the capture; put in from outside. */
export interface PacketAccess {
  packet(capture: PacketSource, pkt: number, timeZone: TimeZone): Promise<Result<PacketDetail>>;
  follow(capture: PacketSource, flow: number): Promise<Result<Stream>>;
  /** The packets of these rows of the packet log (row r is packet r + 1), as pcapng. */
  savePackets(capture: PacketSource, rows: Uint32Array): Promise<Result<Saved>>;
  /** A file's bytes in an encrypted zip (password `infected`). */
  saveFile(capture: PacketSource, fuid: string): Promise<Result<Saved>>;
}
