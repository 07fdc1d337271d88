package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Putting tensors together, and taking them apart, by lists of places. */
final class StitchKernels {
  private StitchKernels() {}

  static void register(ReferenceKernels k) {
    k.add("DynamicStitch", StitchKernels::stitch);
    k.add("ParallelDynamicStitch", StitchKernels::stitch);
    k.add("DynamicPartition", StitchKernels::partition);
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

  /** Slice i goes behind the others of output {@code partitions[i]}. */
  private static void partition(KernelContext c) {
    TensorValue data = c.input(0);
    TensorValue partitions = c.input(1);
    Shape s = data.shape();
    int rank = partitions.shape().rank();
    if (rank > s.rank() || !s.slice(0, rank).equals(partitions.shape())) {
      throw new InvalidArgumentException(
          "data of shape " + s + " must begin with the shape of partitions, " + partitions.shape());
    }
    int n = (int) c.attrs().getInt("num_partitions");
    int[] counts = new int[n];
    for (int i = 0; i < partitions.size(); i++) {
      long p = partitions.getLong(i);
      if (p < 0 || p >= n) {
        throw new InvalidArgumentException(
            "partitions"
                + Rows.place(partitions.shape(), i)
                + " = "
                + p
                + " is not in [0, "
                + n
                + ")");
      }
      counts[(int) p]++;
    }
    Shape slice = s.sliceFrom(rank);
    int size = Dims.count(slice);
    Result[] parts = new Result[n];
    for (int p = 0; p < n; p++) {
      parts[p] = new Result(data.dtype(), Shape.vector(counts[p]).concat(slice));
    }
    int[] filled = new int[n];
    for (int i = 0; i < partitions.size(); i++) {
      int p = (int) partitions.getLong(i);
      parts[p].copy(filled[p]++ * size, data, i * size, size);
    }
    for (int p = 0; p < n; p++) {
      c.output(p, parts[p].value());
    }
  }
}
