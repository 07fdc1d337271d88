package dev.millrace.session.reference;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.FeatureList;
import dev.millrace.proto.SequenceExample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A batch of serialized sequence examples made into tensors: ParseSequenceExample. */
final class SequenceBatch {
  private static final int INPUTS_BEFORE_DEFAULTS = 2;

  private final KernelContext context;
  private final List<SequenceExample> examples = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private int out;

  private SequenceBatch(KernelContext c) {
    context = c;
    TensorValue serialized = Dims.requireRank(c.input(0), 1, "the examples");
    TensorValue given = Dims.requireRank(c.input(1), 1, "their names");
    if (given.size() != 0 && given.size() != serialized.size()) {
      throw new InvalidArgumentException(
          "there are " + given.size() + " names for " + serialized.size() + " examples");
    }
    for (int i = 0; i < serialized.size(); i++) {
      names.add(given.size() == 0 ? "example " + i : "example '" + given.getString(i) + "'");
      try {
        examples.add(SequenceExample.parseFrom(serialized.strings()[i]));
      } catch (InvalidProtocolBufferException e) {
        throw new InvalidArgumentException(
            names.get(i) + " cannot be parsed: it is no SequenceExample", e);
      }
    }
  }

  static void compute(KernelContext c) {
    new SequenceBatch(c).run();
  }

  private void run() {
    Attrs a = context.attrs();
    List<String> sparse = a.getStrings("context_sparse_keys");
    for (int k = 0; k < sparse.size(); k++) {
      Feature.Sparse s = new Feature.Sparse(a.getTypes("context_sparse_types").get(k));
      for (int i = 0; i < examples.size(); i++) {
        s.add(feature(i, sparse.get(k)), where(sparse.get(k), i));
      }
      s.outputs(context, out + k, sparse.size(), false);
    }
    out += 3 * sparse.size();
    List<String> dense = a.getStrings("context_dense_keys");
    for (int k = 0; k < dense.size(); k++) {
      context.output(out++, dense(k, dense.get(k), a.getShapes("context_dense_shapes").get(k)));
    }
    List<String> lists = a.getStrings("feature_list_sparse_keys");
    for (int k = 0; k < lists.size(); k++) {
      sparseList(k, lists, a.getTypes("feature_list_sparse_types").get(k));
    }
    out += 3 * lists.size();
    Set<String> mayMiss = new HashSet<>(a.getStrings("feature_list_dense_missing_assumed_empty"));
    List<String> denseLists = a.getStrings("feature_list_dense_keys");
    for (int k = 0; k < denseLists.size(); k++) {
      denseList(
          k,
          denseLists,
          a.getTypes("feature_list_dense_types").get(k),
          a.getShapes("feature_list_dense_shapes").get(k),
          mayMiss);
    }
  }

  private dev.millrace.proto.Feature feature(int i, String key) {
    return examples.get(i).getContext().getFeatureMap().get(key);
  }

  private String where(String key, int i) {
    return "feature '" + key + "' of " + names.get(i);
  }

  private List<dev.millrace.proto.Feature> steps(int i, String key) {
    return examples
        .get(i)
        .getFeatureLists()
        .getFeatureListOrDefault(key, FeatureList.getDefaultInstance())
        .getFeatureList();
  }

  private TensorValue dense(int k, String key, Shape shape) {
    TensorValue given = context.input(INPUTS_BEFORE_DEFAULTS + k);
    int n = Dims.count(shape);
    Object data = TensorValue.newStorage(given.dtype(), Math.multiplyExact(n, examples.size()));
    for (int i = 0; i < examples.size(); i++) {
      dev.millrace.proto.Feature f = feature(i, key);
      if (!Feature.isMissing(f)) {
        copy(f, given.dtype(), n, data, i * n, where(key, i));
      } else if (given.size() == n) {
        Elements.copy(given.dtype(), given.data(), 0, data, i * n, n);
      } else {
        throw new InvalidArgumentException(
            where(key, i) + " is required, but missing, and there is no default");
      }
    }
    return TensorValue.wrap(given.dtype(), Shape.vector(examples.size()).concat(shape), data);
  }

  private static void copy(
      dev.millrace.proto.Feature f, DataType t, int n, Object to, int at, String where) {
    Feature.requireType(f, t, where);
    if (Feature.size(f) != n) {
      throw new InvalidArgumentException(where + " has " + Feature.size(f) + " values, not " + n);
    }
    Feature.copy(f, to, at);
  }

  /** Three outputs: of each value its example, its step and its place in it. */
  private void sparseList(int k, List<String> keys, DataType t) {
    String key = keys.get(k);
    int n = 0;
    long longest = 0;
    long widest = 0;
    for (int i = 0; i < examples.size(); i++) {
      longest = Math.max(longest, steps(i, key).size());
      for (dev.millrace.proto.Feature f : steps(i, key)) {
        if (!Feature.isMissing(f)) {
          Feature.requireType(f, t, where(key, i));
        }
        n += Feature.size(f);
        widest = Math.max(widest, Feature.size(f));
      }
    }
    long[] indices = new long[3 * n];
    Object values = TensorValue.newStorage(t, n);
    int at = 0;
    for (int i = 0; i < examples.size(); i++) {
      int step = 0;
      for (dev.millrace.proto.Feature f : steps(i, key)) {
        Feature.copy(f, values, at);
        for (int j = 0; j < Feature.size(f); j++, at++) {
          indices[3 * at] = i;
          indices[3 * at + 1] = step;
          indices[3 * at + 2] = j;
        }
        step++;
      }
    }
    context.output(out + k, TensorValue.wrap(DataType.INT64, Shape.of(n, 3), indices));
    context.output(out + keys.size() + k, TensorValue.wrap(t, Shape.vector(n), values));
    context.output(
        out + 2 * keys.size() + k, TensorValue.ofLongs(examples.size(), longest, widest));
  }

  /** The steps, with nothing behind those of shorter lists; and how many each has. */
  private void denseList(int k, List<String> keys, DataType t, Shape shape, Set<String> mayMiss) {
    String key = keys.get(k);
    long[] lengths = new long[examples.size()];
    for (int i = 0; i < lengths.length; i++) {
      if (!examples.get(i).getFeatureLists().containsFeatureList(key) && !mayMiss.contains(key)) {
        throw new InvalidArgumentException(
            where(key, i)
                + " is required, but missing; it may be left out only where it is assumed to"
                + " be empty then");
      }
      lengths[i] = steps(i, key).size();
    }
    long longest = Arrays.stream(lengths).max().orElse(0);
    Shape all = Shape.of(lengths.length, longest).concat(shape);
    int n = Dims.count(shape);
    TensorValue r = TensorValue.zeros(t, all);
    for (int i = 0; i < lengths.length; i++) {
      int at = Math.toIntExact(i * longest * n);
      for (dev.millrace.proto.Feature f : steps(i, key)) {
        copy(f, t, n, r.data(), at, where(key, i));
        at += n;
      }
    }
    context.output(out + k, r);
    context.output(out + keys.size() + k, TensorValue.ofLongs(lengths));
  }
}
