import type { Fields } from './example.ts';
import { Module } from './module.ts';
import { Predict, type PredictConfig } from './predict.ts';
import type { Prediction } from './prediction.ts';
import type { Session } from './session.ts';
import { type Signature, type SignatureData, signatureOf } from './signature.ts';

/** A Predict that first says how it got there: the output `reasoning` before all others. */
export class ChainOfThought extends Module {
  predict: Predict;

  constructor(signature: string | SignatureData | Signature, config?: PredictConfig) {
    super();
    this.predict = new Predict(signatureOf(signature).prependOutput({ name: 'reasoning' }), config);
  }

  forward(inputs: Fields, session: Session): Promise<Prediction> {
    return this.predict.call(inputs, session);
  }
}
