import { normaliseUrl } from '../normalise';

/** URLs of a capture: as they were written (raw, from 1) and normalised (from 1); 0 = none. */
export class Urls {
  private readonly raws = new Map<string, number>();
  /** Raw texts. */
  readonly raw: string[] = [''];
  /** Normalised URL of each raw one. */
  readonly normalOf: number[] = [0];
  private readonly normals = new Map<string, number>();
  /** Normalised texts. */
  readonly normal: string[] = [''];
  private readonly pathOf: number[] = [0];
  private readonly paths = new Map<string, number>();
  /** Raw URLs without query and fragment, by the numbers that `withoutQuery` gives. */
  readonly path: string[] = [''];

  /** Number of a URL as it was written. */
  of(text: string): number {
    if (text === '') return 0;
    let id = this.raws.get(text);
    if (id === undefined) {
      id = this.raw.length;
      this.raws.set(text, id);
      this.raw.push(text);
      const url = normaliseUrl(text);
      this.normalOf.push(url === null ? 0 : this.ofNormal(url));
    }
    return id;
  }

  private ofNormal(url: string): number {
    let id = this.normals.get(url);
    if (id === undefined) {
      id = this.normal.length;
      this.normals.set(url, id);
      this.normal.push(url);
    }
    return id;
  }

  /** Number of a raw URL's part before query and fragment. */
  withoutQuery(raw: number): number {
    let id = this.pathOf[raw];
    if (id === undefined) {
      const text = this.raw[raw]!;
      const end = text.search(/[?#]/);
      const path = end < 0 ? text : text.slice(0, end);
      id = this.paths.get(path);
      if (id === undefined) {
        id = path === '' ? 0 : this.path.length;
        if (id !== 0) this.path.push(path);
        this.paths.set(path, id);
      }
      this.pathOf[raw] = id;
    }
    return id;
  }
}
