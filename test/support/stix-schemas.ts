import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const ROOT = join(process.cwd(), '..', 'shared', 'schemas', 'stix2.1');

/** Validators of OASIS's STIX 2.1 schemas by type, null (and a line that says why) where the schemas are not there. */
export function stixValidators(): { bundle: ValidateFunction; byType: ReadonlyMap<string, ValidateFunction> } | null {
  if (!existsSync(ROOT)) {
    console.warn(`Left out: OASIS's STIX schemas are not at ${ROOT}.`);
    return null;
  }
  const ajv = new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: false });
  (addFormats as unknown as (target: Ajv2020) => void)(ajv);
  const ids = new Map<string, string>();
  for (const folder of ['common', 'observables', 'sdos', 'sros']) {
    for (const file of readdirSync(join(ROOT, folder))) {
      const schema = JSON.parse(readFileSync(join(ROOT, folder, file), 'utf8')) as { $id: string };
      ajv.addSchema(schema);
      ids.set(file.replace(/\.json$/, ''), schema.$id);
    }
  }
  const get = (id: string): ValidateFunction => {
    const validate = ajv.getSchema(id);
    if (!validate) throw new Error(`no schema ${id}`);
    return validate as ValidateFunction;
  };
  return { bundle: get(ids.get('bundle') ?? ''), byType: new Map([...ids].map(([name, id]) => [name, get(id)])) };
}
