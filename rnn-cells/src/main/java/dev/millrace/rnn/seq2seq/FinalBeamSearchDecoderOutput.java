package dev.millrace.rnn.seq2seq;

import dev.millrace.ops.Tensor;

/**
 * What a beam search gives.
 *
 * @param predictedIds the symbols of each beam from its beginning, [batch, time, width], the best
 *     beam first; the end symbol from its end on
 * @param steps the single steps, before the beams are followed back
 */
public record FinalBeamSearchDecoderOutput(Tensor predictedIds, BeamSearchDecoderOutput steps) {}
