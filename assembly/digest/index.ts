export { MD5_BYTES, MD5_STATE, md5, md5Final, md5Init, md5Update } from "./md5";
export { SHA1_BYTES, SHA1_STATE, sha1, sha1Final, sha1Init, sha1Update } from "./sha1";
export { SHA256_BYTES, SHA256_STATE, sha256, sha256Final, sha256Init, sha256Update } from "./sha256";
export { digestClose, digestDone, digestEnd, digestNextPage, digestOpen, digestPage, digestQueue, digestResult, digestWork } from "./bodies";
export { digestInput, sha256Add, sha256Close, sha256Open } from "./running";
