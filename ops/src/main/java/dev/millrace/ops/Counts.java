package dev.millrace.ops;

/** Right and wrong answers to yes or no, by threshold: vectors of one length. */
record Counts(
    Tensor truePositives, Tensor falseNegatives, Tensor trueNegatives, Tensor falsePositives) {}
