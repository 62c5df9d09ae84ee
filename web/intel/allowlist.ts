// A small list of our own: names that most captures hold and that say little by themselves. A hit lowers a score and
// says which list; it never hides an indicator, and never outranks an analyst.

export interface AllowHit {
  /** Name of the list, for the reason's sentence. */
  readonly list: string;
  /** Points taken. */
  readonly points: number;
}

interface AllowList { readonly list: string; readonly points: number; readonly suffixes: readonly string[] }

const DOMAIN_LISTS: readonly AllowList[] = [
  {
    list: 'operating systems\' update hosts', points: -70, suffixes: [
      'windowsupdate.com', 'update.microsoft.com', 'delivery.mp.microsoft.com', 'download.microsoft.com', 'dl.delivery.mp.microsoft.com', 'officecdn.microsoft.com', 'au.download.windowsupdate.com', 'definitionupdates.microsoft.com',
      'swcdn.apple.com', 'swscan.apple.com', 'updates.cdn-apple.com', 'mesu.apple.com', 'appldnld.apple.com', 'oscdn.apple.com',
      'deb.debian.org', 'security.debian.org', 'ftp.debian.org', 'archive.ubuntu.com', 'security.ubuntu.com', 'snapcraft.io', 'mirrors.fedoraproject.org', 'mirror.centos.org', 'dl.rockylinux.org', 'dl-cdn.alpinelinux.org',
      'dl.google.com', 'redirector.gvt1.com', 'gvt1.com', 'update.googleapis.com', 'clients2.google.com', 'aus5.mozilla.org', 'download.mozilla.org', 'download.cdn.mozilla.net',
    ],
  },
  {
    list: 'connectivity checks', points: -40, suffixes: [
      'msftconnecttest.com', 'msftncsi.com', 'captive.apple.com', 'connectivitycheck.gstatic.com', 'connectivitycheck.android.com', 'clients3.google.com', 'connectivity-check.ubuntu.com', 'nmcheck.gnome.org', 'detectportal.firefox.com', 'network-test.debian.org', 'fedoraproject.org',
    ],
  },
  {
    list: 'time, certificate status and public resolvers', points: -40, suffixes: [
      'time.windows.com', 'time.apple.com', 'pool.ntp.org', 'time.google.com', 'ntp.ubuntu.com', 'ocsp.digicert.com', 'crl3.digicert.com', 'crl4.digicert.com', 'ocsp.pki.goog', 'crl.pki.goog', 'ocsp.sectigo.com', 'o.lencr.org', 'r3.o.lencr.org', 'ctldl.windowsupdate.com', 'ocsp.globalsign.com', 'crl.microsoft.com', 'dns.google', 'one.one.one.one', 'cloudflare-dns.com', 'dns.quad9.net',
    ],
  },
  {
    list: 'well-known services', points: -20, suffixes: [
      'microsoft.com', 'live.com', 'office.com', 'office365.com', 'office.net', 'msn.com', 'bing.com', 'windows.com', 'microsoftonline.com', 'skype.com', 'google.com', 'googleapis.com', 'gstatic.com', 'google-analytics.com', 'googletagmanager.com', 'youtube.com', 'ytimg.com', 'doubleclick.net', 'apple.com', 'icloud.com', 'mzstatic.com', 'mozilla.org', 'mozilla.com', 'mozilla.net', 'firefox.com', 'wikipedia.org', 'wikimedia.org', 'facebook.com', 'fbcdn.net', 'linkedin.com', 'digicert.com', 'lencr.org', 'verisign.com', 'symantec.com', 'ubuntu.com', 'debian.org',
    ],
  },
  {
    list: 'content delivery shared by many', points: -10, suffixes: [
      'akamai.net', 'akamaiedge.net', 'akamaized.net', 'edgekey.net', 'edgesuite.net', 'fastly.net', 'cloudfront.net', 'azureedge.net', 'trafficmanager.net', 'edgecastcdn.net', 'jsdelivr.net', 'cdnjs.cloudflare.com', 'msedge.net', 'googleusercontent.com',
    ],
  },
];

const RESOLVERS = new Set([
  '8.8.8.8', '8.8.4.4', '1.1.1.1', '1.0.0.1', '9.9.9.9', '149.112.112.112', '208.67.222.222', '208.67.220.220', '4.2.2.1', '4.2.2.2',
  '2001:4860:4860::8888', '2001:4860:4860::8844', '2606:4700:4700::1111', '2606:4700:4700::1001', '2620:fe::fe', '2620:fe::9',
]);

const bySuffix = new Map<string, AllowList>();
for (const list of DOMAIN_LISTS) for (const suffix of list.suffixes) if (!bySuffix.has(suffix)) bySuffix.set(suffix, list);

/** The list that holds a domain or one of its parents, the most specific entry first; null when none does. */
export function allowedDomain(domain: string): AllowHit | null {
  for (let name = domain; ; name = name.slice(name.indexOf('.') + 1)) {
    const list = bySuffix.get(name);
    if (list) return { list: list.list, points: list.points };
    if (!name.includes('.')) return null;
  }
}

/** Public resolvers by address; null for every other. */
export function allowedAddress(address: string): AllowHit | null {
  return RESOLVERS.has(address) ? { list: 'time, certificate status and public resolvers', points: -40 } : null;
}
