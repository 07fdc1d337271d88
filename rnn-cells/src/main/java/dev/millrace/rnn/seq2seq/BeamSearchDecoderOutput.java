package dev.millrace.rnn.seq2seq;

import dev.millrace.ops.Tensor;

/**
 * What a {@link BeamSearchDecoder} gives for a step, [batch, width]; of all steps [time, batch,
 * width].
 *
 * @param scores of the beams: the logarithms of their probabilities, over the length penalty
 * @param predictedIds the symbols that the beams end in
 * @param parentIds the beams of the step before that they go on from
 */
public record BeamSearchDecoderOutput(Tensor scores, Tensor predictedIds, Tensor parentIds) {}
