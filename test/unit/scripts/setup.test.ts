import { describe, expect, it } from 'vitest';
import { missingPackages } from '../../../scripts/lib/install.mjs';
import { isSupported } from '../../../scripts/lib/node-version.mjs';

describe('whether packages are to be installed', () => {
  const lock = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/vite': { version: '8.3.8' },
      'node_modules/vite/node_modules/picomatch': { version: '4.0.3' },
      'node_modules/fsevents': { version: '2.3.3', optional: true },
    },
  };

  it('wants all of them where there are none', () => {
    expect(missingPackages(lock, null)).toEqual(['vite@8.3.8', 'picomatch@4.0.3']);
  });

  it('wants nothing where all are there, whatever another platform lacks', () => {
    const installed = { 'node_modules/vite': { version: '8.3.8' }, 'node_modules/vite/node_modules/picomatch': { version: '4.0.3' } };
    expect(missingPackages(lock, { packages: installed })).toEqual([]);
  });

  it('wants one again whose version changed in the lock file', () => {
    const installed = { 'node_modules/vite': { version: '8.3.7' }, 'node_modules/vite/node_modules/picomatch': { version: '4.0.3' } };
    expect(missingPackages(lock, { packages: installed })).toEqual(['vite@8.3.8']);
  });
});

describe('the Nodes that will do', () => {
  it.each([[20, 19], [20, 20], [22, 12], [23, 0], [24, 1]])('takes %i.%i', (major, minor) => {
    expect(isSupported(major, minor)).toBe(true);
  });
  it.each([[18, 20], [20, 18], [21, 7], [22, 11]])('refuses %i.%i', (major, minor) => {
    expect(isSupported(major, minor)).toBe(false);
  });
});
