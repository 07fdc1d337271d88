package dev.millrace.ops;

/**
 * A metric over all batches so far.
 *
 * @param value the metric as it is: run it after the last batch
 * @param update takes the current batch into account, and is the metric with it: run it for every
 *     batch
 */
public record Metric(Tensor value, Tensor update) {}
