// Before anything is installed: no imports of packages here, and syntax that old Nodes can at least parse.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/** Whether a Node version satisfies `^20.19 || >=22.12`, the range in package.json's `engines`. */
export function isSupported(major, minor) {
  if (major === 20) return minor >= 19;
  if (major === 22) return minor >= 12;
  return major > 22;
}

/** Ends the process with one sentence when this Node is too old. */
export function requireNode() {
  if (isSupported(major, minor)) return;
  console.error(`Capsift needs Node 20.19 or later in the 20 series, or 22.12 or later; this is ${process.versions.node}. Install a newer Node from https://nodejs.org/ and try again.`);
  process.exit(1);
}
