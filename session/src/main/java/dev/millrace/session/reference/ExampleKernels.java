package dev.millrace.session.reference;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Serialized examples made into tensors. */
final class ExampleKernels {
  private final KernelContext context;
  private final List<Map<String, dev.millrace.proto.Feature>> examples = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final boolean single;

  private ExampleKernels(KernelContext c, boolean single) {
    this.context = c;
    this.single = single;
  }

  static void register(ReferenceKernels k) {
    k.add("ParseExample", ExampleKernels::batch);
    k.add("ParseSingleExample", ExampleKernels::single);
    k.add("ParseSingleSequenceExample", SequenceExamples::compute);
    k.add("ParseSequenceExample", SequenceBatch::compute);
  }

  private static void batch(KernelContext c) {
    ExampleKernels e = new ExampleKernels(c, false);
    TensorValue serialized = Dims.requireRank(c.input(0), 1, "the examples");
    TensorValue names = Dims.requireRank(c.input(1), 1, "their names");
    if (names.size() != 0 && names.size() != serialized.size()) {
      throw new InvalidArgumentException(
          "there are " + names.size() + " names for " + serialized.size() + " examples");
    }
    for (int i = 0; i < serialized.size(); i++) {
      e.names.add(names.size() == 0 ? "example " + i : "example '" + names.getString(i) + "'");
      e.examples.add(parse(serialized.strings()[i], e.names.get(i)));
    }
    int sparse = (int) c.attrs().getInt("Nsparse");
    int dense = (int) c.attrs().getInt("Ndense");
    List<String> sparseKeys = keys(c, 2, sparse);
    List<String> denseKeys = keys(c, 2 + sparse, dense);
    e.run(sparseKeys, denseKeys, 2 + sparse + dense);
  }

  private static void single(KernelContext c) {
    ExampleKernels e = new ExampleKernels(c, true);
    e.names.add("the example");
    e.examples.add(
        parse(Dims.requireScalar(c.input(0), "the example").strings()[0], "the example"));
    e.run(c.attrs().getStrings("sparse_keys"), c.attrs().getStrings("dense_keys"), 1);
  }

  /** The keys that the inputs from {@code at} on, scalars, spell. */
  static List<String> keys(KernelContext c, int at, int count) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(Dims.requireScalar(c.input(at + i), "a key").getString(0));
    }
    return keys;
  }

  private static Map<String, dev.millrace.proto.Feature> parse(byte[] bytes, String name) {
    try {
      return Example.parseFrom(bytes).getFeatures().getFeatureMap();
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidArgumentException(name + " cannot be parsed: it is no Example", e);
    }
  }

  private void run(List<String> sparseKeys, List<String> denseKeys, int defaults) {
    Attrs a = context.attrs();
    List<DataType> sparseTypes = a.getTypes("sparse_types");
    for (int k = 0; k < sparseKeys.size(); k++) {
      Feature.Sparse s = new Feature.Sparse(sparseTypes.get(k));
      for (int i = 0; i < examples.size(); i++) {
        s.add(examples.get(i).get(sparseKeys.get(k)), where(sparseKeys.get(k), i));
      }
      s.outputs(context, k, sparseKeys.size(), single);
    }
    List<Shape> shapes = a.getShapes("dense_shapes");
    for (int k = 0; k < denseKeys.size(); k++) {
      TensorValue given = context.input(defaults + k);
      context.output(3 * sparseKeys.size() + k, dense(denseKeys.get(k), shapes.get(k), given));
    }
  }

  private String where(String key, int i) {
    return "feature '" + key + "' of " + names.get(i);
  }

  private TensorValue dense(String key, Shape shape, TensorValue given) {
    boolean open = shape.rank() > 0 && shape.dim(0) == Shape.UNKNOWN;
    Shape inner = open ? shape.sliceFrom(1) : shape;
    if (!inner.isFullyDefined()) {
      throw new InvalidArgumentException(
          "only the first size of the dense feature '" + key + "' may be open, not " + shape);
    }
    if (given.size() > 0 && !isDefault(given, shape, open)) {
      throw new InvalidArgumentException(
          "the default of '" + key + "' is of shape " + given.shape() + ", not " + shape);
    }
    int unit = Dims.count(inner);
    int[] sizes = new int[examples.size()];
    int widest = 0;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = checked(key, i, unit, open, given);
      widest = Math.max(widest, sizes[i]);
    }
    int width = open ? widest : unit;
    Object data = TensorValue.newStorage(given.dtype(), Math.multiplyExact(sizes.length, width));
    for (int i = 0; i < sizes.length; i++) {
      dev.millrace.proto.Feature f = examples.get(i).get(key);
      Feature.copy(f, data, i * width);
      if (given.size() > 0) {
        int from = i * width + (Feature.isMissing(f) ? 0 : sizes[i]);
        Feature.fill(given, data, from, (i + 1) * width);
      }
    }
    Shape one = open ? Shape.vector(unit == 0 ? 0 : width / unit).concat(inner) : inner;
    return TensorValue.wrap(
        given.dtype(), single ? one : Shape.vector(sizes.length).concat(one), data);
  }

  private static boolean isDefault(TensorValue given, Shape shape, boolean open) {
    return open ? given.size() == 1 : given.size() == shape.numElements();
  }

  /** How many values an example has of a dense feature. */
  private int checked(String key, int i, int unit, boolean open, TensorValue given) {
    dev.millrace.proto.Feature f = examples.get(i).get(key);
    if (Feature.isMissing(f)) {
      if (given.size() == 0 && !open) {
        throw new InvalidArgumentException(
            where(key, i) + " is required, but missing, and there is no default");
      }
      return 0;
    }
    Feature.requireType(f, given.dtype(), where(key, i));
    int n = Feature.size(f);
    boolean fits = open ? unit == 0 || n % unit == 0 : n == unit;
    if (!fits) {
      throw new InvalidArgumentException(
          where(key, i) + " has " + n + " values, not " + (open ? "a multiple of " : "") + unit);
    }
    return n;
  }
}
