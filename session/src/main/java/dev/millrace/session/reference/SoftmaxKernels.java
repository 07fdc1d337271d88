package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.function.IntUnaryOperator;

/** Softmax over the last dimension, and the losses made of it. */
final class SoftmaxKernels {
  private SoftmaxKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Softmax", c -> softmax(c, false));
    k.add("LogSoftmax", c -> softmax(c, true));
    k.add("SoftmaxCrossEntropyWithLogits", SoftmaxKernels::crossEntropy);
    k.add("SparseSoftmaxCrossEntropyWithLogits", SoftmaxKernels::sparseCrossEntropy);
  }

  /** The logarithms of the softmax of one row; the greatest number is taken off first. */
  private static double[] logSoftmax(double[] row) {
    double max = Double.NEGATIVE_INFINITY;
    for (double x : row) {
      max = x > max ? x : max;
    }
    double sum = 0;
    for (double x : row) {
      sum += Math.exp(x - max);
    }
    double log = Math.log(sum);
    double[] r = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      r[i] = row[i] - max - log;
    }
    return r;
  }

  private static double[] row(TensorValue x, IntUnaryOperator at, int from, int n) {
    double[] row = new double[n];
    for (int i = 0; i < n; i++) {
      row[i] = x.getDouble(at.applyAsInt(from + i));
    }
    return row;
  }

  private static void requireReal(KernelContext c, DataType t) {
    if (!t.isFloating()) {
      throw Elementwise.unsupported(c, t);
    }
  }

  private static void softmax(KernelContext c, boolean log) {
    TensorValue x = c.input(0);
    requireReal(c, x.dtype());
    if (x.shape().rank() == 0) {
      throw new InvalidArgumentException("logits must have at least one dimension; it is a scalar");
    }
    int n = (int) x.shape().dim(-1);
    Result r = new Result(x.dtype(), x.shape());
    for (int from = 0; from < x.size(); from += n) {
      double[] row = logSoftmax(row(x, i -> i, from, n));
      for (int i = 0; i < n; i++) {
        r.setDouble(from + i, log ? row[i] : Math.exp(row[i]));
      }
    }
    c.output(0, r.value());
  }

  /** Logits and labels broadcast to a matrix; labels need not sum up to 1. */
  private static void crossEntropy(KernelContext c) {
    TensorValue logits = c.input(0);
    TensorValue labels = c.input(1);
    requireReal(c, logits.dtype());
    Shape s = logits.shape().broadcast(labels.shape());
    if (s.rank() != 2) {
      throw new InvalidArgumentException(
          "logits of shape "
              + logits.shape()
              + " and labels of shape "
              + labels.shape()
              + " must be matrices, or broadcast to one");
    }
    IntUnaryOperator atLogits = Broadcast.map(logits.shape(), s);
    IntUnaryOperator atLabels = Broadcast.map(labels.shape(), s);
    int n = (int) s.dim(1);
    Result loss = new Result(logits.dtype(), s.slice(0, 1));
    Result gradient = new Result(logits.dtype(), s);
    for (int b = 0; b < s.dim(0); b++) {
      double[] log = logSoftmax(row(logits, atLogits, b * n, n));
      double[] label = row(labels, atLabels, b * n, n);
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum -= label[i] * log[i];
        gradient.setDouble(b * n + i, Math.exp(log[i]) - label[i]);
      }
      loss.setDouble(b, sum);
    }
    c.output(0, loss.value());
    c.output(1, gradient.value());
  }

  /** A label is the number of the right class. */
  private static void sparseCrossEntropy(KernelContext c) {
    TensorValue logits = Dims.requireRank(c.input(0), 2, "logits");
    TensorValue labels = Dims.requireRank(c.input(1), 1, "labels");
    requireReal(c, logits.dtype());
    Shape s = logits.shape();
    if (s.dim(0) != labels.size()) {
      throw new InvalidArgumentException(
          "logits of shape "
              + s
              + " and labels of shape "
              + labels.shape()
              + " must have the same first dimension");
    }
    if (s.dim(1) == 0) {
      throw new InvalidArgumentException(
          "there must be at least one class; logits are of shape " + s);
    }
    int n = (int) s.dim(1);
    Result loss = new Result(logits.dtype(), labels.shape());
    Result gradient = new Result(logits.dtype(), s);
    for (int b = 0; b < labels.size(); b++) {
      long label = labels.getLong(b);
      if (label < 0 || label >= n) {
        throw new InvalidArgumentException(
            "label " + b + " is " + label + ", which is outside the valid range [0, " + n + ")");
      }
      double[] log = logSoftmax(row(logits, i -> i, b * n, n));
      for (int i = 0; i < n; i++) {
        gradient.setDouble(b * n + i, Math.exp(log[i]) - (i == label ? 1 : 0));
      }
      loss.setDouble(b, -log[(int) label]);
    }
    c.output(0, loss.value());
    c.output(1, gradient.value());
  }
}
