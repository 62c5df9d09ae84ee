/**
 * Lets messages that have arrived be worked on. A timer would wait for four milliseconds when it is asked for again and
 * again (HTML, timer initialisation steps).
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
