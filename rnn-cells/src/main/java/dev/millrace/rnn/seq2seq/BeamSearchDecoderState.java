package dev.millrace.rnn.seq2seq;

import dev.millrace.ops.Tensor;

/**
 * The state of a {@link BeamSearchDecoder}.
 *
 * @param cellState the cell's, its tensors [batch, width, …]
 * @param logProbs the logarithms of the beams' probabilities, [batch, width]
 * @param finished which beams have ended, [batch, width]
 * @param lengths of the beams, int64 [batch, width]
 */
public record BeamSearchDecoderState(
    Object cellState, Tensor logProbs, Tensor finished, Tensor lengths) {}
