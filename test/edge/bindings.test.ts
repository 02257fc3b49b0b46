import { bindingsContract } from './bindings-contract.ts';

bindingsContract(4);
