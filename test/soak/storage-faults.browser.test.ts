import { storageFaults } from '../browser/support/storage-faults.ts';

storageFaults(1);
