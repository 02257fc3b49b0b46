import { bindingsContract } from '../edge/bindings-contract.ts';

/** The full size, of which the quick suite stores a part. */
bindingsContract(20);
