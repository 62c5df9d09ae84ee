// What a User-Agent header says of the program, as far as detectors need it.

export interface Agent {
  /** True for browsers and what people use to fetch web pages. */
  readonly browser: boolean;
  /** Short name for a sentence. */
  readonly name: string;
  /** Why it is odd; '' when it is not. */
  readonly odd: string;
  /** True for system services that fetch updates and check connectivity by habit. */
  readonly system: boolean;
}

const TOOLS: readonly (readonly [RegExp, string])[] = [
  [/powershell/i, 'PowerShell'], [/^curl\//i, 'curl'], [/^wget\//i, 'wget'], [/python-(requests|urllib)|^python/i, 'Python'],
  [/^go-http-client/i, 'a Go program'], [/^certutil/i, 'certutil'], [/winhttp(request)?/i, 'WinHTTP'], [/^java\//i, 'Java'],
  [/^libwww-perl|^lwp/i, 'Perl'], [/^ruby/i, 'Ruby'], [/^okhttp/i, 'OkHttp'], [/^autoit/i, 'AutoIt'], [/^nsis|inetc/i, 'an NSIS installer'],
  [/^httpie/i, 'HTTPie'], [/^axios|node-fetch/i, 'Node'], [/^aria2/i, 'aria2'], [/excel|word|microsoft office/i, 'Microsoft Office'],
  [/^mshta|vbscript/i, 'a script host'], [/^sqlmap|^nikto|^nmap|masscan|zgrab|gobuster|dirbuster|^hydra/i, 'an attack tool'],
];
const SYSTEM = /^(microsoft-(cryptoapi|delivery-optimization|bits|ncsi|wns)|microsoft ncsi|windows-update-agent|capt?ivenetworksupport|networkmanager|debian apt|apt-http|dnf|yum|google update|com\.apple|trustd|ocspd|securityd|msdw)/i;
const ANCIENT = /msie [1-7]\.|windows (nt 4|nt 5\.0|95|98)/i;

/** Reads a User-Agent header; '' means that there was none. */
export function readAgent(text: string): Agent {
  if (text === '') return { browser: false, name: 'a program without a User-Agent', odd: '', system: false };
  const system = SYSTEM.test(text);
  for (const [pattern, name] of TOOLS) {
    if (pattern.test(text)) return { browser: false, name, odd: name === 'an attack tool' ? 'it names an attack tool' : '', system };
  }
  const browser = /^Mozilla\/\d|^Opera\//.test(text) && text.length > 20;
  return { browser, name: browser ? 'a browser' : `the program “${text.slice(0, 40)}”`, odd: system ? '' : oddity(text, browser), system };
}

function oddity(text: string, browser: boolean): string {
  if (/^mozill[^a]|^mozila|^moz1lla|^mozzila/i.test(text)) return 'it misspells Mozilla';
  if (/^mozilla\/\d\.0$/i.test(text)) return 'it says only “Mozilla”';
  if (browser && ANCIENT.test(text)) return 'it claims a browser of before 2009';
  if (/^[0-9a-f]{16,}$/i.test(text)) return 'it is a hexadecimal number';
  if (/^[A-Za-z]{12,}$/.test(text) && /[a-z][A-Z]/.test(text) && (text.match(/[A-Z]/g) ?? []).length >= 3 && (text.match(/[aeiou]/gi) ?? []).length < text.length * 0.3) return 'it is letters at random';
  if (text.length <= 3) return `it is only ${text.length} characters long`;
  if (/[\\{}]|%[A-Z]+%|<.*>/.test(text)) return 'it holds an unfilled template or a path';
  return '';
}
