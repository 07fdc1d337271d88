package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Taking tensors apart by numbered partitions, and putting them together by lists of places. */
final class StitchKernels {
  private StitchKernels() {}

  static void register(ReferenceKernels k) {
    k.add("DynamicStitch", StitchKernels::stitch);
    k.add("ParallelDynamicStitch", StitchKernels::stitch);
    k.add("DynamicPartition", StitchKernels::partition);
  }

  /** Slice i of the data goes to output partitions[i], in order. */
  private static void partition(KernelContext c) {
    TensorValue data = c.input(0);
    TensorValue partitions = c.input(1);
    int n = (int) c.attrs().getInt("num_partitions");
    int rank = partitions.shape().rank();
    if (data.shape().rank() < rank || !data.shape().slice(0, rank).equals(partitions.shape())) {
      throw new InvalidArgumentException(
          "data of shape "
              + data.shape()
              + " must begin with the shape of partitions, "
              + partitions.shape());
    }
    int[] sizes = new int[n];
    for (int i = 0; i < partitions.size(); i++) {
      long p = partitions.getLong(i);
      if (p < 0 || p >= n) {
        throw new InvalidArgumentException(
            "partitions[" + i + "] is " + p + ", which is not in [0, " + n + ")");
      }
      sizes[(int) p]++;
    }
    Shape slice = data.shape().sliceFrom(rank);
    int width = Math.toIntExact(slice.numElements());
    Result[] parts = new Result[n];
    for (int i = 0; i < n; i++) {
      parts[i] = new Result(data.dtype(), Shape.vector(sizes[i]).concat(slice));
    }
    int[] at = new int[n];
    for (int i = 0; i < partitions.size(); i++) {
      int p = (int) partitions.getLong(i);
      parts[p].copy(at[p], data, i * width, width);
      at[p] += width;
    }
    for (int i = 0; i < n; i++) {
      c.output(i, parts[i].value());
    }
  }

  /**
   * Slice j of data[i] becomes slice indices[i][j]; a later list wins, and places that no list
   * names are zero.
   */
  private static void stitch(KernelContext c) {
    int n = c.inputCount() / 2;
    long last = -1;
    for (int i = 0; i < n; i++) {
      TensorValue at = c.input(i);
      Shape data = c.input(n + i).shape();
      if (data.rank() < at.shape().rank() || !data.slice(0, at.shape().rank()).equals(at.shape())) {
        throw new InvalidArgumentException(
            "data["
                + i
                + "] of shape "
                + data
                + " must begin with the shape of its indices, "
                + at.shape());
      }
      for (int k = 0; k < at.size(); k++) {
        long p = at.getLong(k);
        if (p < 0) {
          throw new InvalidArgumentException(
              "indices[" + i + "] has " + p + "; places are counted from 0");
        }
        last = Math.max(last, p);
      }
    }
    Shape slice = c.input(n).shape().sliceFrom(c.input(0).shape().rank());
    TensorValue merged = TensorValue.zeros(c.outputType(0), Shape.vector(last + 1).concat(slice));
    int size = Math.toIntExact(slice.numElements());
    for (int i = 0; i < n; i++) {
      Shape other = c.input(n + i).shape().sliceFrom(c.input(i).shape().rank());
      if (!other.equals(slice)) {
        throw new InvalidArgumentException(
            "the slices of data["
                + i
                + "] are of shape "
                + other
                + ", those of data[0] of "
                + slice);
      }
      int width = c.outputType(0).isComplex() ? 2 * size : size;
      for (int k = 0; k < c.input(i).size(); k++) {
        int to = (int) c.input(i).getLong(k);
        System.arraycopy(c.input(n + i).data(), k * width, merged.data(), to * width, width);
      }
    }
    c.output(0, merged);
  }
}
