// Stapled OCSP responses (RFC 6066 §8): files of their own, as Zeek's.

import { ENCODING_IDENTITY } from "../../abi/enums";
import { Flow } from "../../flow/flow";
import { be24 } from "../../memory/bytes";
import { bodyBegin, bodyData, bodyEnd, bodyType } from "../bodies";

const OCSP: u32 = 1;
// application/ocsp-response
const TYPE: usize = memory.data<u8>([
  97, 112, 112, 108, 105, 99, 97, 116, 105, 111, 110, 47, 111, 99, 115, 112, 45, 114, 101, 115, 112, 111, 110, 115, 101,
]);
const TYPE_BYTES: u32 = 25;

/** A CertificateStatus message of the server: its OCSP response becomes a file. */
export function takeStatus(flow: Flow, dir: u32, body: usize, length: u32): void {
  if (length < 4 || load<u8>(body) != OCSP) return;
  const size = be24(body + 1);
  if (size == 0 || size > length - 4) return;
  const file = bodyBegin(flow, dir, "SSL", 0, ENCODING_IDENTITY, 0, 0);
  if (file === null) return;
  bodyType(file, TYPE, TYPE_BYTES);
  bodyData(file, body + 4, size);
  bodyEnd(file, flow, -1);
}
