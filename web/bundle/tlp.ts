import type { StixObject } from './stix';

/** TLP 2.0 labels (FIRST), as web/worker/api.ts names them. */
export type TlpLabel = 'clear' | 'green' | 'amber' | 'amber+strict' | 'red';

/** OASIS's extension for TLP 2.0 (oasis-open/cti-stix-common-objects, extension-definition-specifications/tlp-2.0). */
export const TLP_EXTENSION_ID = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';

/** Official ids of the TLP 2.0 markings, from the same specification. */
export const TLP_IDS: Readonly<Record<TlpLabel, string>> = {
  clear: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  amber: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'amber+strict': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
};

/** TLP 1.0 markings that STIX 2.1 §7.2.1.4 fixes; read, never written. */
const TLP_1_IDS: Readonly<Record<string, TlpLabel>> = {
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'clear',
  'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'green',
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'amber',
  'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'red',
};

/** The label of a word (`amber+strict`, `TLP:RED`, `white` of TLP 1.0); null for any other. */
export function parseTlp(text: string): TlpLabel | null {
  const word = text.trim().toLowerCase().replace(/^tlp:/, '');
  if (word === 'white') return 'clear';
  return word in TLP_IDS ? word as TlpLabel : null;
}

/** The label of a marking's id; null for any other marking. */
export function tlpOfMarking(id: string): TlpLabel | null {
  for (const [label, marking] of Object.entries(TLP_IDS)) if (marking === id) return label as TlpLabel;
  return TLP_1_IDS[id] ?? null;
}

/** The marking-definition object, word for word as OASIS publishes it. */
export function tlpMarking(label: TlpLabel): StixObject {
  return {
    type: 'marking-definition', spec_version: '2.1', id: TLP_IDS[label], created: '2022-10-01T00:00:00.000Z', name: `TLP:${label.toUpperCase()}`,
    extensions: { [TLP_EXTENSION_ID]: { extension_type: 'property-extension', tlp_2_0: label } },
  };
}
