package dev.millrace.session.reference;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.FeatureList;
import dev.millrace.proto.SequenceExample;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A serialized example of a sequence made into tensors. */
final class SequenceExamples {
  private static final int INPUTS_BEFORE_KEYS = 2;

  private final KernelContext context;
  private final String name;
  private final SequenceExample example;

  private SequenceExamples(KernelContext c) {
    context = c;
    TensorValue given = c.input(c.inputCount() - 1);
    name =
        given.size() == 1 && given.getString(0).isEmpty()
            ? "the example"
            : "example '" + (given.size() == 1 ? given.getString(0) : "") + "'";
    try {
      example =
          SequenceExample.parseFrom(Dims.requireScalar(c.input(0), "the example").strings()[0]);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidArgumentException(name + " cannot be parsed: it is no SequenceExample", e);
    }
  }

  static void compute(KernelContext c) {
    new SequenceExamples(c).run();
  }

  private void run() {
    Attrs a = context.attrs();
    int sparse = (int) a.getInt("Ncontext_sparse");
    int dense = (int) a.getInt("Ncontext_dense");
    int listSparse = (int) a.getInt("Nfeature_list_sparse");
    int listDense = (int) a.getInt("Nfeature_list_dense");
    int in = INPUTS_BEFORE_KEYS;
    List<String> sparseKeys = ExampleKernels.keys(context, in, sparse);
    List<String> denseKeys = ExampleKernels.keys(context, in += sparse, dense);
    List<String> listSparseKeys = ExampleKernels.keys(context, in += dense, listSparse);
    List<String> listDenseKeys = ExampleKernels.keys(context, in += listSparse, listDense);
    in += listDense;
    int out = 0;
    Map<String, dev.millrace.proto.Feature> features = example.getContext().getFeatureMap();
    for (int k = 0; k < sparse; k++) {
      Feature.Sparse s = new Feature.Sparse(a.getTypes("context_sparse_types").get(k));
      s.add(features.get(sparseKeys.get(k)), where(sparseKeys.get(k)));
      s.outputs(context, out + k, sparse, true);
    }
    out += 3 * sparse;
    for (int k = 0; k < dense; k++) {
      Shape shape = a.getShapes("context_dense_shapes").get(k);
      context.output(
          out + k, dense(features.get(denseKeys.get(k)), denseKeys.get(k), shape, in + k));
    }
    out += dense;
    for (int k = 0; k < listSparse; k++) {
      Feature.Sparse s = new Feature.Sparse(a.getTypes("feature_list_sparse_types").get(k));
      for (dev.millrace.proto.Feature f : list(listSparseKeys.get(k)).getFeatureList()) {
        s.add(f, where(listSparseKeys.get(k)));
      }
      s.outputs(context, out + k, listSparse, false);
    }
    out += 3 * listSparse;
    for (int k = 0; k < listDense; k++) {
      context.output(
          out + k,
          denseList(
              listDenseKeys.get(k),
              a.getTypes("feature_list_dense_types").get(k),
              a.getShapes("feature_list_dense_shapes").get(k)));
    }
  }

  private String where(String key) {
    return "feature '" + key + "' of " + name;
  }

  private FeatureList list(String key) {
    return example.getFeatureLists().getFeatureListOrDefault(key, FeatureList.getDefaultInstance());
  }

  private TensorValue dense(dev.millrace.proto.Feature f, String key, Shape shape, int input) {
    TensorValue given = context.input(input);
    if (Feature.isMissing(f)) {
      if (given.size() == 0 && shape.numElements() != 0) {
        throw new InvalidArgumentException(
            where(key) + " is required, but missing, and there is no default");
      }
      return given.reshape(shape);
    }
    return TensorValue.wrap(given.dtype(), shape, values(f, key, given.dtype(), shape));
  }

  private Object values(dev.millrace.proto.Feature f, String key, DataType t, Shape shape) {
    Feature.requireType(f, t, where(key));
    int n = Dims.count(shape);
    if (Feature.size(f) != n) {
      throw new InvalidArgumentException(
          where(key) + " has " + Feature.size(f) + " values, not " + n);
    }
    Object data = TensorValue.newStorage(t, n);
    Feature.copy(f, data, 0);
    return data;
  }

  private TensorValue denseList(String key, DataType t, Shape shape) {
    Set<String> mayMiss = new HashSet<>();
    TensorValue assumedEmpty = context.input(1);
    for (int i = 0; i < assumedEmpty.size(); i++) {
      mayMiss.add(assumedEmpty.getString(i));
    }
    if (!example.getFeatureLists().containsFeatureList(key) && !mayMiss.contains(key)) {
      throw new InvalidArgumentException(
          where(key)
              + " is required, but missing; it may be left out only where it is assumed to"
              + " be empty then");
    }
    List<dev.millrace.proto.Feature> steps = list(key).getFeatureList();
    int n = Dims.count(shape);
    Object data = TensorValue.newStorage(t, Math.multiplyExact(steps.size(), n));
    for (int i = 0; i < steps.size(); i++) {
      Elements.copy(t, values(steps.get(i), key, t, shape), 0, data, i * n, n);
    }
    return TensorValue.wrap(t, Shape.vector(steps.size()).concat(shape), data);
  }
}
