package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.KnownInts;
import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Ops that make one tensor of several, or several of one. */
final class JoinOps {
  private JoinOps() {}

  static void register(OpRegistry r) {
    r.add(
        OpDef.named("Pack")
            .inputs("values: N * T")
            .outputs("output: T")
            .attrs("N: int >= 1", "T: type", "axis: int = 0")
            .shape(JoinOps::packShape)
            .value(JoinOps::packValue));
    r.add(
        OpDef.named("Unpack")
            .inputs("value: T")
            .outputs("output: num * T")
            .attrs("num: int >= 0", "T: type", "axis: int = 0")
            .shape(JoinOps::unpackShape)
            .value(JoinOps::unpackValue));
    r.add(
        OpDef.named("Concat")
            .inputs("concat_dim: int32", "values: N * T")
            .outputs("output: T")
            .attrs("N: int >= 2", "T: type")
            .valueInputs(0)
            .shape(c -> concatShape(c, 0, 1, c.inputCount()))
            .value((c, output, shape) -> concatValue(c, 1, c.inputCount())));
    r.add(
        OpDef.named("ConcatV2")
            .inputs("values: N * T", "axis: Tidx")
            .outputs("output: T")
            .attrs("N: int >= 2", "T: type", "Tidx: {int32, int64} = int32")
            .valueInputs(-1)
            .shape(c -> concatShape(c, c.inputCount() - 1, 0, c.inputCount() - 1))
            .value((c, output, shape) -> concatValue(c, 0, c.inputCount() - 1)));
    r.add(
        OpDef.named("ConcatOffset")
            .inputs("concat_dim: int32", "shape: N * int32")
            .outputs("offset: N * int32")
            .attrs("N: int >= 2")
            .shape(JoinOps::concatOffsetShape)
            .value(JoinOps::concatOffsetValue));
    r.add(
        OpDef.named("Split")
            .inputs("split_dim: int32", "value: T")
            .outputs("output: num_split * T")
            .attrs("num_split: int >= 1", "T: type")
            .valueInputs(0)
            .shape(JoinOps::splitShape)
            .value(JoinOps::splitValue));
    r.add(
        OpDef.named("SplitV")
            .inputs("value: T", "size_splits: Tlen", "split_dim: int32")
            .outputs("output: num_split * T")
            .attrs("num_split: int >= 1", "T: type", "Tlen: {int32, int64} = int64")
            .valueInputs(1, 2)
            .shape(JoinOps::splitVShape)
            .value(JoinOps::splitVValue));
  }

  // ---- Pack and Unpack

  private static void packShape(ShapeContext c) {
    Shape part = Shapes.merged(c, 0, c.inputCount());
    if (!part.hasRank()) {
      c.output(0, Shape.unknown());
      return;
    }
    int at =
        Shapes.axis(c.attrs().getInt("axis"), part.rank() + 1, "axis, for parts " + part + ",");
    c.output(0, part.slice(0, at).concat(Shape.vector(c.inputCount())).concat(part.sliceFrom(at)));
  }

  private static KnownInts packValue(ShapeContext c, int output, Shape shape) {
    KnownInts.Builder b = KnownInts.builder(false, c.inputCount());
    for (int i = 0; i < c.inputCount(); i++) {
      KnownInts part = c.ints(i);
      if (part != null && part.isScalar()) {
        b.copy(i, part, 0);
      }
    }
    return shape.rank() == 1 ? b.build() : null;
  }

  private static void unpackShape(ShapeContext c) {
    Shape in = c.input(0);
    Shape part = Shape.unknown();
    if (in.hasRank()) {
      int at = Shapes.axis(c.attrs().getInt("axis"), in.rank(), "axis, for input " + in + ",");
      Shapes.mergeDims(
          in.dim(at),
          c.outputCount(),
          "dimension " + at + " of " + in + " and the number of parts");
      part = in.slice(0, at).concat(in.sliceFrom(at + 1));
    }
    for (int i = 0; i < c.outputCount(); i++) {
      c.output(i, part);
    }
  }

  private static KnownInts unpackValue(ShapeContext c, int output, Shape shape) {
    KnownInts k = c.ints(0);
    return k == null || k.isScalar() || output >= k.size()
        ? null
        : Values.inShape(Values.pick(k, output, 1, 1), Shape.scalar());
  }

  // ---- Concat

  /** The parts are inputs {@code from} to {@code to}, exclusive. */
  private static void concatShape(ShapeContext c, int axisInput, int from, int to) {
    Long axis = Shapes.scalarInt(c, axisInput, "the axis");
    Shape all = Shape.unknown();
    for (int i = from; i < to && !all.hasRank(); i++) {
      all = Shape.ofRank(c.input(i).rank());
    }
    if (!all.hasRank()) {
      c.output(0, Shape.unknown());
      return;
    }
    if (all.rank() == 0) {
      throw new InvalidArgumentException("scalars cannot be concatenated; use stack");
    }
    for (int i = from; i < to; i++) {
      if (c.input(i).hasRank() && c.input(i).rank() != all.rank()) {
        throw new InvalidArgumentException(
            "parts must be of one rank, but there are " + shapes(c, from, to));
      }
    }
    if (axis == null && all.rank() > 1) {
      c.output(0, all);
      return;
    }
    int at =
        axis == null ? 0 : Shapes.axis(axis, all.rank(), "axis, for " + shapes(c, from, to) + ",");
    long sum = 0;
    for (int i = from; i < to; i++) {
      Shape part = c.input(i);
      sum = Shapes.add(sum, part.dim(at));
      Shape rest = part.withDim(at, Shape.UNKNOWN);
      if (!rest.isCompatibleWith(all)) {
        throw new InvalidArgumentException(
            "parts may differ in dimension " + at + " only, but are " + shapes(c, from, to));
      }
      all = all.merge(rest);
    }
    c.output(0, all.withDim(at, sum));
  }

  private static String shapes(ShapeContext c, int from, int to) {
    StringBuilder s = new StringBuilder();
    for (int i = from; i < to; i++) {
      s.append(i == from ? "" : ", ").append(c.input(i));
    }
    return s.toString();
  }

  private static KnownInts concatValue(ShapeContext c, int from, int to) {
    int n = 0;
    for (int i = from; i < to; i++) {
      long size = c.input(i).rank() == 1 ? c.input(i).dim(0) : Shape.UNKNOWN;
      if (size == Shape.UNKNOWN) {
        return null;
      }
      n += (int) size;
    }
    KnownInts.Builder b = KnownInts.builder(false, n);
    int at = 0;
    for (int i = from; i < to; i++) {
      KnownInts part = c.ints(i);
      int size = (int) c.input(i).dim(0);
      for (int j = 0; part != null && j < size; j++) {
        b.copy(at + j, part, j);
      }
      at += size;
    }
    return b.build();
  }

  private static void concatOffsetShape(ShapeContext c) {
    Shapes.requireScalar(c, 0, "the axis");
    Shape one = Shapes.merged(c, 1, c.inputCount());
    if (one.hasRank() && one.rank() != 1) {
      throw new InvalidArgumentException("shapes must be vectors, but have shape " + one);
    }
    for (int i = 0; i < c.outputCount(); i++) {
      c.output(i, one.hasRank() ? one : Shape.ofRank(1));
    }
  }

  /** Where each part begins: 0, but in the axis the sum of the sizes before. */
  private static KnownInts concatOffsetValue(ShapeContext c, int output, Shape shape) {
    Long axis = Shapes.at(c.ints(0), 0);
    if (axis == null || !shape.isFullyDefined()) {
      return null;
    }
    int n = (int) shape.dim(0);
    int at = Shapes.axis(axis, n, "the axis");
    long sum = 0;
    for (int i = 0; i < output; i++) {
      Long size = Shapes.at(c.ints(1 + i), at);
      sum = Shapes.add(sum, size == null ? Shape.UNKNOWN : size);
    }
    KnownInts.Builder b = KnownInts.builder(false, n);
    for (int i = 0; i < n; i++) {
      if (i != at) {
        b.set(i, 0);
      } else if (sum != Shape.UNKNOWN) {
        b.set(i, sum);
      }
    }
    return b.build();
  }

  // ---- Split

  private static void splitShape(ShapeContext c) {
    Long axis = Shapes.scalarInt(c, 0, "the split dimension");
    Shape in = c.input(1);
    long parts = c.outputCount();
    Shape part = in;
    if (in.rank() == 0) {
      throw new InvalidArgumentException("a scalar cannot be split");
    }
    if (!in.hasRank()) {
      part = Shape.unknown();
    } else if (axis == null && in.rank() > 1) {
      part = parts == 1 ? in : Shape.ofRank(in.rank());
    } else {
      int at = axis == null ? 0 : Shapes.axis(axis, in.rank(), "the split dimension of " + in);
      long d = in.dim(at);
      if (d != Shape.UNKNOWN && d % parts != 0) {
        throw new InvalidArgumentException(
            "dimension " + at + " of " + in + " cannot be split into " + parts + " equal parts");
      }
      part = in.withDim(at, d == Shape.UNKNOWN ? d : d / parts);
    }
    for (int i = 0; i < parts; i++) {
      c.output(i, part);
    }
  }

  private static KnownInts splitValue(ShapeContext c, int output, Shape shape) {
    KnownInts k = c.ints(1);
    if (k == null || k.isScalar() || !shape.isFullyDefined()) {
      return null;
    }
    long size = shape.dim(0);
    return Values.pick(k, output * size, 1, (int) size);
  }

  private static void splitVShape(ShapeContext c) {
    Long axis = Shapes.scalarInt(c, 2, "the split dimension");
    KnownInts sizes = c.ints(1);
    Shapes.mergeDims(
        Shapes.vectorLength(c, 1), c.outputCount(), "the number of sizes and the number of parts");
    Shape in = c.input(0);
    if (in.rank() == 0) {
      throw new InvalidArgumentException("a scalar cannot be split");
    }
    if (!in.hasRank() || (axis == null && in.rank() > 1)) {
      for (int i = 0; i < c.outputCount(); i++) {
        c.output(i, Shape.ofRank(in.rank()));
      }
      return;
    }
    int at = axis == null ? 0 : Shapes.axis(axis, in.rank(), "the split dimension of " + in);
    long[] parts = partSizes(sizes, in.dim(at), c.outputCount());
    for (int i = 0; i < parts.length; i++) {
      c.output(i, in.withDim(at, parts[i]));
    }
  }

  /** The sizes of the parts, one of which may be given as -1 for what is left. */
  private static long[] partSizes(KnownInts sizes, long whole, int n) {
    long[] parts = new long[n];
    int open = -1;
    long sum = 0;
    for (int i = 0; i < n; i++) {
      Long given = Shapes.at(sizes, i);
      parts[i] = given == null ? Shape.UNKNOWN : given;
      if (given == null) {
        sum = Shape.UNKNOWN;
      } else if (given == -1) {
        if (open >= 0) {
          throw new InvalidArgumentException("only one size may be -1, but the sizes are " + sizes);
        }
        open = i;
      } else if (given < 0) {
        throw new InvalidArgumentException("the sizes must not be negative, but are " + sizes);
      } else {
        sum = Shapes.add(sum, given);
      }
    }
    if (sum != Shape.UNKNOWN && whole != Shape.UNKNOWN) {
      if (open < 0 ? sum != whole : sum > whole) {
        throw new InvalidArgumentException(
            "a dimension of " + whole + " cannot be split into parts of sizes " + sizes);
      }
      if (open >= 0) {
        parts[open] = whole - sum;
      }
    }
    return parts;
  }

  private static KnownInts splitVValue(ShapeContext c, int output, Shape shape) {
    KnownInts k = c.ints(0);
    if (k == null || k.isScalar() || !shape.isFullyDefined()) {
      return null;
    }
    long[] parts = partSizes(c.ints(1), k.size(), c.outputCount());
    long from = 0;
    for (int i = 0; i < output; i++) {
      from = Shapes.add(from, parts[i]);
    }
    return from == Shape.UNKNOWN ? null : Values.pick(k, from, 1, (int) shape.dim(0));
  }
}
