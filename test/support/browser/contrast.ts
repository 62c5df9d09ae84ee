import type { Page } from 'playwright-core';

/**
 * Texts in view whose contrast with what lies behind them falls short of WCAG 2.2 AA (1.4.3: 4.5:1, large text 3:1), with
 * what they reach. Controls that are switched off are left out, as the criterion does.
 */
export async function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Colour = readonly [number, number, number, number];
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const brush = canvas.getContext('2d', { willReadFrequently: true });
    if (!brush) throw new Error('there is no canvas');
    const known = new Map<string, Colour>();
    // Painted and read back: the browser itself knows every way to write a colour.
    const colour = (text: string): Colour => {
      let found = known.get(text);
      if (!found) {
        brush.clearRect(0, 0, 1, 1);
        brush.fillStyle = text;
        brush.fillRect(0, 0, 1, 1);
        const [r = 0, g = 0, b = 0, a = 0] = brush.getImageData(0, 0, 1, 1).data;
        known.set(text, found = [r, g, b, a / 255]);
      }
      return found;
    };
    const over = (top: Colour, under: Colour): Colour => {
      const mix = (i: 0 | 1 | 2): number => top[i] * top[3] + under[i] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const behind = (element: Element): Colour => {
      const layers: Colour[] = [];
      for (let at: Element | null = element; at; at = at.parentElement) {
        const own = colour(getComputedStyle(at).backgroundColor);
        layers.push(own);
        if (own[3] === 1) break;
      }
      return layers.reduceRight<Colour>((under, top) => over(top, under), colour(matchMedia('(prefers-color-scheme: dark)').matches ? '#000' : '#fff'));
    };
    const light = ([r, g, b]: Colour): number => {
      const part = (value: number): number => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    };
    const faint = new Set<string>();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let seen = 0;
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? '';
      if (!element || text === '' || element.closest('.sr-only, [aria-hidden=true], :disabled, script, style, option')) continue;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      if (style.visibility !== 'visible' || box.width === 0 || box.height === 0 || box.bottom < 0 || box.top > innerHeight) continue;
      let opacity = 1;
      for (let at: Element | null = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
      const ground = behind(element);
      const own = colour(style.color);
      const front = over([own[0], own[1], own[2], own[3] * opacity], ground);
      const [high, low] = [light(front), light(ground)].sort((a, b) => b - a) as [number, number];
      const ratio = (high + 0.05) / (low + 0.05);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      seen++;
      if (ratio < (large ? 3 : 4.5)) faint.add(`${ratio.toFixed(2)} ${element.tagName.toLowerCase()}.${element.className} "${text.slice(0, 30)}"`);
    }
    if (seen < 10) throw new Error('there is hardly any text to be judged');
    return [...faint];
  });
}
