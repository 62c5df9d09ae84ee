import { randomUuid } from '../bundle/uuid';
import type { Verdict } from '../indicators/types';
import type { Change } from './backend';
import type { StoredIdentity, StoredImport } from './schema';
import type { Session } from './session';
import type { Identity, Result } from './types';

/** Name of the person at this browser until one is given. */
export const UNNAMED = 'Analyst';

/** Who says what of which indicator, and what came from others. */
export class Analysts {
  constructor(private readonly session: Session) {}

  /** The person at this browser; made (with a random STIX id) when there is none yet. */
  async identity(): Promise<Identity> {
    const own = (await this.identities()).find((identity) => identity.own);
    if (own) return { id: own.id, name: own.name };
    const fresh: StoredIdentity = { id: `identity--${randomUuid()}`, name: UNNAMED, own: true };
    await this.session.attempt('', () => this.session.backend.write([{ store: 'identities', put: fresh }]));
    return { id: fresh.id, name: fresh.name };
  }

  /** Gives the person a name; the id stays, and earlier verdicts bear the new name. */
  async setIdentity(name: string): Promise<Result<Identity>> {
    const { id } = await this.identity();
    const clean = name.trim() === '' ? UNNAMED : name.trim();
    return this.session.attempt('The name was not kept', async () => {
      const own = (await this.session.backend.all('verdicts')).filter(({ author }) => author === id);
      await this.session.backend.write([
        { store: 'identities', put: { id, name: clean, own: true } },
        ...own.map((verdict): Change => ({ store: 'verdicts', put: { ...verdict, author_name: clean } })),
      ]);
      return { id, name: clean };
    });
  }

  identities(): Promise<StoredIdentity[]> {
    return this.session.read([], () => this.session.backend.all('identities'));
  }

  /** Identities of others; never changes who sits here. */
  putIdentities(identities: readonly Identity[]): Promise<Result<void>> {
    return this.session.attempt('The names of analysts were not kept', async () => {
      const own = new Set((await this.session.backend.all('identities')).filter((i) => i.own).map(({ id }) => id));
      await this.session.backend.write(identities.filter(({ id }) => !own.has(id))
        .map(({ id, name }): Change => ({ store: 'identities', put: { id, name, own: false } })));
    });
  }

  verdicts(): Promise<Verdict[]> {
    return this.session.read([], () => this.session.backend.all('verdicts'));
  }

  /** What everyone said of one indicator. */
  verdictsOf(indicator: string): Promise<Verdict[]> {
    return this.session.read([], () => this.session.backend.by('verdicts', 'by_indicator', indicator));
  }

  /**
   * Adds verdicts; of two by one author on one indicator the later `modified` stands. The answer is how many changed
   * something.
   */
  putVerdicts(verdicts: readonly Verdict[]): Promise<Result<number>> {
    return this.session.attempt('The verdict was not kept', async () => {
      const latest = new Map<string, Verdict>();
      for (const verdict of verdicts) {
        const id = JSON.stringify([verdict.indicator, verdict.author]);
        const known = latest.get(id) ?? await this.session.backend.get('verdicts', [verdict.indicator, verdict.author]);
        if (!known || outranks(verdict, known)) latest.set(id, verdict);
      }
      await this.session.backend.write([...latest.values()].map((verdict): Change => ({ store: 'verdicts', put: verdict })));
      return latest.size;
    });
  }

  /** Objects of imported bundles; of two with one id the later `modified` stands. */
  putImports(imports: readonly StoredImport[]): Promise<Result<number>> {
    return this.session.attempt('The imported objects were not kept', async () => {
      const changes: Change[] = [];
      for (const each of imports) {
        const known = await this.session.backend.get('imports', each.id);
        if (!known || each.modified > known.modified) changes.push({ store: 'imports', put: each });
      }
      await this.session.backend.write(changes);
      return changes.length;
    });
  }

  imports(): Promise<StoredImport[]> {
    return this.session.read([], () => this.session.backend.all('imports'));
  }
}

/** Later stands; at the same time the content decides, so that the order of merging does not matter. */
function outranks(a: Verdict, b: Verdict): boolean {
  if (a.modified !== b.modified) return a.modified > b.modified;
  return JSON.stringify([a.value, a.note, a.tags, a.author_name]) > JSON.stringify([b.value, b.note, b.tags, b.author_name]);
}
