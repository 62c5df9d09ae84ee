// Versions of HTTP, as Zeek tracks them: of requests and of replies apart, and what a change says.

import { WEIRD_HTTP_VERSION_MISMATCH } from "../../abi/weirds";
import { Flow } from "../../flow/flow";
import { weirdFlow } from "../weird";
import { Http } from "./state";
import { isDigit } from "./text";

export const VERSION_NONE: u32 = 0;
export const VERSION_0_9: u32 = 9;
export const VERSION_1_1: u32 = 0x101;

const TEXT: usize = memory.data(4, 4);

/** Reads `d.d`; VERSION_NONE when it is something else. */
export function parseVersion(p: usize, n: u32): u32 {
  if (n < 3 || !isDigit(load<u8>(p)) || load<u8>(p, 1) != 46 || !isDigit(load<u8>(p, 2))) return VERSION_NONE;
  return ((<u32>load<u8>(p) - 48) << 8) | (<u32>load<u8>(p, 2) - 48);
}

function follow(flow: Flow, http: Http, before: u32, version: u32): void {
  if (before != VERSION_NONE && before != version) weirdFlow(flow, WEIRD_HTTP_VERSION_MISMATCH, "HTTP");
  if (version >= VERSION_1_1) http.keepAlive = 1;
}

/** A request's version. */
export function setRequestVersion(flow: Flow, http: Http, version: u32): void {
  follow(flow, http, http.requestVersion, version);
  http.requestVersion = version;
}

/** A reply's version. */
export function setReplyVersion(flow: Flow, http: Http, version: u32): void {
  follow(flow, http, http.replyVersion, version);
  http.replyVersion = version;
}

/** The version as three bytes of text (`1.1`). */
export function versionText(version: u32): usize {
  store<u8>(TEXT, 48 + (version >> 8));
  store<u8>(TEXT, 46, 1);
  store<u8>(TEXT, 48 + (version & 255), 2);
  return TEXT;
}
