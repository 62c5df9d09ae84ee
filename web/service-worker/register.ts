// The page works without it; it only makes later visits work without a network.
const secure = location.protocol === 'https:' || location.protocol === 'http:';

if (import.meta.env.PROD && !__SINGLE_FILE__ && secure && 'serviceWorker' in navigator) {
  navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI)).catch(() => {
    // Private browsing and plain http refuse it. Nothing is lost but the offline visit.
  });
}

export {};
