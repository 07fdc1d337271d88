package dev.millrace.ops;

/**
 * Classes drawn to stand for all of them.
 *
 * @param sampled the classes drawn, int64 [num_sampled]
 * @param trueExpectedCount how often each true class is to be expected among them, float32 [batch,
 *     num_true]
 * @param sampledExpectedCount how often each of those drawn is to be expected, float32
 *     [num_sampled]
 */
public record CandidateSample(
    Tensor sampled, Tensor trueExpectedCount, Tensor sampledExpectedCount) {}
