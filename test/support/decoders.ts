import { existsSync } from 'node:fs';
import { prepareDecoders } from '../../web/decode/instance';
import { ENGINE_FILE, engineModule } from './engine';

// For every test, as the workers do for theirs. Without a built engine a test that decodes says so itself.
if (existsSync(ENGINE_FILE)) prepareDecoders(engineModule());
