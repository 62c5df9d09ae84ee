/* eslint-disable no-restricted-syntax, no-eval, no-new-func, @typescript-eslint/no-unused-vars -- this is the place that tries what is forbidden everywhere else */
// Runs in pages and in workers. Given to the browser as text, so it stands alone and is not TypeScript.

/**
 * Tries every way that a script has to send something to `hosts`, or to run text as code. Gives what became of each:
 * `refused`, or `done` where the browser let it happen. What really went out, only the server at the other end knows.
 * @param {string[]} hosts `name:port`
 * @returns {Promise<Record<string, string>>}
 */
async function attempt(hosts) {
  const outcomes = {};
  // A browser's driver may run text as code under any policy, and so may what it calls; what a timer calls may not.
  await new Promise((later) => { setTimeout(later, 0); });
  const works = [];
  const patience = (work) => Promise.race([work, new Promise((_done, fail) => { setTimeout(() => fail(new Error('no answer')), 1500); })]);
  const tryTo = (name, work) => {
    works.push((async () => {
      try {
        await patience(Promise.resolve(work()));
        outcomes[name] = 'done';
      } catch {
        outcomes[name] = 'refused';
      }
    })());
  };
  const event = (target, good) => new Promise((done, fail) => {
    target.addEventListener(good, () => done());
    target.addEventListener('error', () => fail(new Error('error')));
  });
  const page = typeof document !== 'undefined';
  for (const host of hosts) {
    tryTo(`fetch ${host}`, () => fetch(`http://${host}/fetch`, { mode: 'no-cors', method: 'POST', body: 'secret' }));
    tryTo(`XMLHttpRequest ${host}`, () => {
      const request = new XMLHttpRequest();
      request.open('POST', `http://${host}/xhr`);
      request.send('secret');
      return event(request, 'load');
    });
    tryTo(`WebSocket ${host}`, () => event(new WebSocket(`ws://${host}/socket`), 'open'));
    tryTo(`EventSource ${host}`, () => event(new EventSource(`http://${host}/events`), 'open'));
    tryTo(`import() ${host}`, () => import(`http://${host}/module.js`));
    tryTo(`worker by address ${host}`, () => event(new Worker(`http://${host}/worker.js`), 'message'));
    tryTo(`worker from a blob ${host}`, () => {
      const text = `fetch('http://${host}/nested', { mode: 'no-cors' }).then(() => postMessage('done'), () => setTimeout(() => { throw new Error('refused'); }))`;
      return event(new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))), 'message');
    });
    if (!page) {
      tryTo(`importScripts ${host}`, () => importScripts(`http://${host}/script.js`));
      continue;
    }
    tryTo(`sendBeacon ${host}`, () => {
      // It says true for what the policy will refuse, too: the server is the judge.
      navigator.sendBeacon(`http://${host}/beacon`, 'secret');
      throw new Error('nobody knows');
    });
    const element = (name, attributes) => tryTo(`${name} ${host}`, () => {
      const made = Object.assign(document.createElement(name), attributes);
      document.body.append(made);
      return event(made, 'load');
    });
    element('img', { src: `http://${host}/image?secret` });
    element('script', { src: `http://${host}/script.js` });
    element('link', { rel: 'stylesheet', href: `http://${host}/style.css` });
    element('video', { src: `http://${host}/video` });
    element('object', { data: `http://${host}/object` });
  }
  tryTo('eval', () => eval('1'));
  tryTo('Function', () => new Function('return 1')());
  await Promise.all(works);
  return outcomes;
}

/**
 * Tries to send by navigating a frame, by its address and by a form. Browsers may open a connection before the policy is
 * asked, and close it without a word.
 * @param {string[]} hosts `name:port`
 * @returns {Promise<void>}
 */
async function attemptFrames(hosts) {
  for (const host of hosts) {
    const frame = Object.assign(document.createElement('iframe'), { name: `frame-${host}`, src: `http://${host}/frame?secret` });
    document.body.append(frame);
    const form = Object.assign(document.createElement('form'), { action: `http://${host}/form`, method: 'post', target: frame.name });
    document.body.append(form);
    await new Promise((later) => { setTimeout(later, 300); });
    try {
      form.submit();
    } catch {
      // Firefox says so
    }
  }
  await new Promise((later) => { setTimeout(later, 700); });
}
