package dev.millrace.rnn.seq2seq;

import dev.millrace.ops.Tensor;

/**
 * What a {@link BasicDecoder} gives.
 *
 * @param rnnOutput the outputs, [batch, size]; of all steps [batch, time, size]
 * @param sampleId the symbols chosen, [batch]; of all steps [batch, time]
 */
public record BasicDecoderOutput(Tensor rnnOutput, Tensor sampleId) {}
