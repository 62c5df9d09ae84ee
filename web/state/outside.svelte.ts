/**
 * Requests of this page to any other origin, as the browser's own resource timing tells. The policy of the page forbids
 * them all; a refused attempt counts too, so that a mistake of ours is seen.
 */
class Outside {
  count = $state(0);

  /** Begins to watch; called once. */
  watch(): void {
    if (typeof PerformanceObserver !== 'undefined') {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (isOutside(entry.name, location.origin)) this.count++;
      }).observe({ type: 'resource', buffered: true });
    }
    document.addEventListener('securitypolicyviolation', (event) => {
      if (isOutside(event.blockedURI, location.origin)) this.count++;
    });
  }
}

/** True for an address of another origin. `data:` and `blob:` never leave the page. */
export function isOutside(address: string, origin: string): boolean {
  try {
    const url = new URL(address);
    if (!/^(?:https?|wss?|ftp):$/.test(url.protocol)) return false;
    return url.host !== new URL(origin).host;
  } catch {
    return false;
  }
}

export const outside = new Outside();
